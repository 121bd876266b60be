// Deleting, restoring, archiving and purging through a session.
#include "guanxi/expr/print.hpp"
#include "state.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

result<const schema::entity*> known(const policy::grants& mine, std::string_view entity) {
  const schema::entity* of = mine.catalog()->find(entity);
  if (!of) return unexpected(query::unknown_entity(entity, mine));
  return of;
}

result<void> remove(session::state& s, std::string_view entity, std::span<const id> keys,
                    work::write_options how) {
  how.within = s.begin_call();
  return s.write_so(how.within, [&](work::pipeline& p, const policy::grants& mine) -> result<void> {
    result<const schema::entity*> of = known(mine, entity);
    if (!of) return passed(of);
    return p.remove(mine, **of, keys, how);
  });
}

result<record> archive(session::state& s, std::string_view entity, id key, bool archived,
                       work::write_options how) {
  how.within = s.begin_call();
  result<record> out = record();
  const auto work = [&](work::pipeline& p, const policy::grants& mine) -> result<void> {
    result<const schema::entity*> of = known(mine, entity);
    if (!of) return passed(of);
    out = p.archive(mine, **of, key, archived, how);
    return out ? result<void>() : passed(out);
  };
  if (auto done = s.write_so(how.within, work); !done) return passed(done);
  return out;
}

}  // namespace

result<void> session::remove(std::string_view entity, id key, std::int64_t expected_revision,
                             std::string_view cause) {
  return guanxi::remove(*state_, entity, {&key, 1},
                        {.cause = std::string(cause), .expected_revision = expected_revision});
}

result<void> session::remove(std::string_view entity, std::span<const id> keys,
                             std::string_view cause) {
  return guanxi::remove(*state_, entity, keys, {.cause = std::string(cause)});
}

result<std::int64_t> session::restore(std::string_view entity, id key, std::string_view cause) {
  const query::bounds within = state_->begin_call();
  std::int64_t count = 0;
  const auto work = [&](work::pipeline& p, const policy::grants& mine) -> result<void> {
    result<const schema::entity*> of = known(mine, entity);
    if (!of) return passed(of);
    result<std::int64_t> back =
        p.restore(mine, **of, key, {.cause = std::string(cause), .within = within});
    if (!back) return passed(back);
    count = *back;
    return {};
  };
  if (auto done = state_->write_so(within, work); !done) return passed(done);
  return count;
}

result<std::int64_t> session::restore_batch(std::int64_t batch, std::string_view cause) {
  const query::bounds within = state_->begin_call();
  std::int64_t count = 0;
  const auto work = [&](work::pipeline& p, const policy::grants& mine) -> result<void> {
    result<std::int64_t> back =
        p.restore_batch(mine, batch, {.cause = std::string(cause), .within = within});
    if (!back) return passed(back);
    count = *back;
    return {};
  };
  if (auto done = state_->write_so(within, work); !done) return passed(done);
  return count;
}

result<record> session::archive(std::string_view entity, id key, std::int64_t expected_revision,
                                std::string_view cause) {
  return guanxi::archive(*state_, entity, key, true,
                         {.cause = std::string(cause), .expected_revision = expected_revision});
}

result<record> session::unarchive(std::string_view entity, id key, std::int64_t expected_revision,
                                  std::string_view cause) {
  return guanxi::archive(*state_, entity, key, false,
                         {.cause = std::string(cause), .expected_revision = expected_revision});
}

namespace {

constexpr std::int64_t default_days = 30, most_days = 36'500;
constexpr std::size_t per_transaction = 200;  // candidates, so that other writers get their turn

/// How long deleted records can be restored: the setting `purge_after_days`.
result<instant> oldest_kept(const session& all, instant now) {
  result<rows> set =
      all.query("select content from setting with archived where name = 'purge_after_days'");
  if (!set) return passed(set);
  std::int64_t days = default_days;
  if (!set->empty()) {
    const value content = set->at(0, 0);
    const result<decimal> given = decimal::parse(content.is_null() ? "" : content.as_text());
    if (!given || given->scale != 0 || given->coefficient < 0 || given->coefficient > most_days)
      return unexpected(errc::validation, "the setting `purge_after_days` must be a whole number "
                                          "of days, 0 to 36,500; nothing was purged");
    days = given->coefficient;
  }
  constexpr std::int64_t per_day = 86'400 * microseconds_per_second;
  return instant{now.microseconds - days * per_day};
}

result<std::uint64_t> candidates(const session& all, instant before) {
  std::uint64_t out = 0;
  const schema::catalog_ptr now = all.catalog();
  for (const auto& e : now->entities()) {
    if (store::bare(*e)) continue;
    result<rows> n = all.query("select count() from " + expr::quoted_name(e->name()) +
                                   " deleted where modified_at < :before",
                               {{"before", before, {}, false}});
    if (!n) return passed(n);
    out += static_cast<std::uint64_t>(n->at(0, 0).as_integer());
  }
  return out;
}

}  // namespace

result<purge_report> session::purge(const purge_options& options) {
  if (state_->open)
    return unexpected(errc::misuse, "a purge has transactions of its own; end yours first");
  if (auto ok = state_->administers("purge records"); !ok) return passed(ok);
  const session all = tenant(state_->of).as_system("purge");
  result<instant> before = options.before ? result<instant>(*options.before)
                                          : oldest_kept(all, world().clock->now());
  if (!before) return passed(before);
  result<std::uint64_t> total = std::uint64_t{0};
  if (options.on_progress) total = candidates(all, *before);
  if (!total) return passed(total);
  for (work::purge_place at;;) {
    const query::bounds within = state_->begin_call();  // a deadline is of each transaction
    bool more = false;
    work::purge_place next = at;
    const auto step = [&](work::pipeline& p, const policy::grants& mine) -> result<void> {
      result<bool> went = p.purge(mine, *before, per_transaction, next,
                                    {.cause = options.cause, .within = within});
      if (!went) return passed(went);
      more = *went;
      return {};
    };
    if (auto ok = state_->write_so(within, step); !ok) return passed(ok);
    at = next;
    const purge_report so_far{at.purged, at.kept, !more};
    if (!more) return so_far;
    const auto done = static_cast<std::uint64_t>(at.purged + at.kept);
    if (options.on_progress && !options.on_progress(done, std::max(done, *total))) return so_far;
  }
}

}  // namespace guanxi
