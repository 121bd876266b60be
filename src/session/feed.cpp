#include "guanxi/session/feed.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/work/log_keeper.hpp"
#include "shown_entry.hpp"
#include "state.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace guanxi {

namespace {

constexpr std::size_t longest_name = 100, most_at_once = 100'000, page = 1000;

error pruned(std::int64_t up_to) {
  return error(errc::pruned, "the change log has been pruned up to " + std::to_string(up_to) +
                                 ", and this cursor has not read so far; list the records anew, "
                                 "then move the cursor");
}

std::optional<work::cursor> found(const std::vector<work::cursor>& all, std::string_view name,
                                  id user) {
  for (const work::cursor& c : all)
    if (c.name == name && c.user == user) return c;
  return std::nullopt;
}

unexpected no_cursor(std::string_view name) {
  return unexpected(errc::unknown_name,
                    "no cursor " + in_backticks(name) + "; open a feed with it first");
}

result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || name.find('\0') != std::string_view::npos ||
      utf8_fault(name))
    return unexpected(errc::invalid_argument,
                      "a cursor's name must be UTF-8 text of 1 to 100 bytes without NUL");
  return {};
}

/// Whether a stored record's entry may be told, and whether with its values.
enum class sight : std::uint8_t { none, bare, whole };

}  // namespace

struct feed::state {
  std::shared_ptr<session::state> of;
  feed_options options;
  work::cursor at;
  std::int64_t given = 0;
  std::int64_t undone = 0;  ///< what is stored if the transaction of the last acknowledge fails

  /// What one call of next() has looked up already.
  using known = std::map<std::pair<std::uint32_t, id>, record>;
  result<std::optional<history_entry>> told(store::change_entry e, const policy::grants& mine,
                                            work::change_log& log, known& records) const;
  result<sight> seen(const store::change_entry& e, const schema::entity& of,
                     const policy::grants& mine, work::change_log& log, known& records) const;
  bool wants(const schema::entity& e, const schema::field& f) const;
  result<void> check(const policy::grants& mine) const;
};

bool feed::state::wants(const schema::entity& e, const schema::field& f) const {
  if (options.fields.empty()) return true;
  return std::any_of(options.fields.begin(), options.fields.end(), [&](const std::string& name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return name == f.name;
    return std::string_view(name).substr(0, dot) == e.name() &&
           std::string_view(name).substr(dot + 1) == f.name;
  });
}

/// That every name means something to this user.
result<void> feed::state::check(const policy::grants& mine) const {
  const schema::catalog& all = *mine.catalog();
  const auto readable = [&](std::string_view name) {
    const schema::entity* e = all.find(name);
    return e && !store::bare(*e) && mine.of(*e).may_read ? e : nullptr;
  };
  for (const std::string& name : options.entities)
    if (!readable(name)) return unexpected(query::unknown_entity(name, mine));
  for (const std::string& name : options.fields) {
    const std::size_t dot = name.find('.');
    if (dot != std::string::npos) {
      const schema::entity* e = readable(name.substr(0, dot));
      if (!e) return unexpected(query::unknown_entity(name.substr(0, dot), mine));
      const schema::field* f = e->find(name.substr(dot + 1));
      if (!f || !mine.sees(*f))
        return unexpected(policy::unknown_field(mine, *e, name.substr(dot + 1)));
      continue;
    }
    const bool known = std::any_of(
        all.entities().begin(), all.entities().end(), [&](const auto& e) {
          const schema::field* f = readable(e->name()) ? e->find(name) : nullptr;
          return f && mine.sees(*f);
        });
    if (!known)
      return unexpected(errc::unknown_name, "no field " + in_backticks(name) + " on any entity");
  }
  constexpr std::string_view actions[] = {"create", "edit", "delete", "restore", "purge"};
  for (const std::string& name : options.actions)
    if (std::find(std::begin(actions), std::end(actions), name) == std::end(actions))
      return unexpected(errc::invalid_argument,
                        "no action " + in_backticks(name) +
                            "; changes are create, edit, delete, restore and purge");
  return {};
}

result<sight> feed::state::seen(const store::change_entry& e, const schema::entity& of,
                                const policy::grants& mine, work::change_log& log,
                                known& records) const {
  if (mine.who().system) return sight::whole;
  const std::pair at(e.entity, e.record);
  auto kept = records.find(at);
  if (kept == records.end()) {
    result<record> r = log.record(of, e.record);
    if (!r) return passed(r);
    kept = records.emplace(at, std::move(*r)).first;
  }
  const record& now = kept->second;
  const auto may = [&](const record& r) { return mine.of(of).allows(action::read, r); };
  if (now.empty()) {  // it was purged, and the purge tells its last state
    if (e.what != store::change_kind::purge) return sight::none;
    record last(mine.catalog(), of);
    for (const store::field_change& c : e.fields)
      if (const schema::field* f = of.numbered(c.field))
        last.set(f->slot, store::as_of_now(*f, c.before));
    return may(last) ? sight::bare : sight::none;
  }
  if (!may(now)) return sight::none;
  if (!now.deleted()) return sight::whole;
  return e.what == store::change_kind::remove ? sight::bare : sight::none;
}

result<std::optional<history_entry>> feed::state::told(store::change_entry e,
                                                       const policy::grants& mine,
                                                       work::change_log& log,
                                                       known& records) const {
  const std::optional<history_entry> nothing;
  const auto entities = mine.catalog()->entities();
  if (e.entity >= entities.size()) return nothing;
  const schema::entity& of = *entities[e.entity];
  const auto listed = [](const std::vector<std::string>& names, std::string_view name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!mine.of(of).may_read || !listed(options.entities, of.name()) ||
      !listed(options.actions, store::name(e.what)))
    return nothing;
  result<sight> how = seen(e, of, mine, log, records);
  if (!how) return passed(how);
  if (*how == sight::none) return nothing;
  const store::change_kind what = e.what;
  if (*how == sight::bare) e.fields.clear();
  history_entry out = shown_entry(std::move(e), of, mine.of(of),
                                  [&](const schema::field& f) { return wants(of, f); });
  const bool must_tell = what != store::change_kind::edit &&
                         (what != store::change_kind::create || options.fields.empty());
  if (out.fields.empty() && !must_tell) return nothing;
  return std::optional<history_entry>(std::move(out));
}

feed::feed(std::unique_ptr<state> s) : state_(std::move(s)) {}
feed::feed(feed&&) noexcept = default;
feed& feed::operator=(feed&&) noexcept = default;
feed::~feed() = default;

std::string_view feed::cursor() const noexcept { return state_->at.name; }
std::int64_t feed::position() const noexcept { return state_->given; }
std::int64_t feed::acknowledged() const noexcept { return state_->at.position; }
void feed::rewind() noexcept { state_->given = state_->at.position; }

result<std::vector<history_entry>> feed::next(std::size_t at_most) {
  if (at_most < 1 || at_most > most_at_once)
    return unexpected(errc::invalid_argument, "a feed gives 1 to 100,000 changes at once");
  state& s = *state_;
  std::vector<history_entry> out;
  std::int64_t reached = s.given;
  const query::bounds within = s.of->begin_call();
  const auto read = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    out.clear();
    reached = s.given;
    if (auto ok = s.check(mine); !ok) return ok;
    result<std::int64_t> gone = log.pruned();
    if (!gone) return passed(gone);
    if (reached < *gone) return unexpected(pruned(*gone));
    state::known records;
    while (out.size() < at_most) {
      if (auto ok = within.check(); !ok) return ok;
      auto entries = log.after(reached, std::clamp<std::size_t>(at_most, 16, page));
      if (!entries) return passed(entries);
      if (entries->empty()) return {};
      for (store::change_entry& e : *entries) {
        reached = e.sequence;
        auto one = s.told(std::move(e), mine, log, records);
        if (!one) return passed(one);
        if (!*one) continue;
        out.push_back(std::move(**one));
        if (out.size() == at_most) return {};
      }
    }
    return {};
  };
  if (auto ok = s.of->look_at_log(read); !ok) return passed(ok);
  // Pruned while it was read: what is gone may be missing in between.
  std::int64_t gone = 0;
  const auto look = [&](const policy::grants&, work::change_log& log) -> result<void> {
    result<std::int64_t> now = log.pruned();
    if (!now) return passed(now);
    gone = *now;
    return {};
  };
  if (auto ok = s.of->look_at_log(look); !ok) return passed(ok);
  if (s.given < gone) return unexpected(pruned(gone));
  s.given = reached;
  return out;
}

result<void> feed::acknowledge() {
  state& s = *state_;
  if (s.given == s.at.position) return {};
  work::cursor now = s.at;
  const auto move = [&](work::pipeline& in, const policy::grants&) -> result<void> {
    work::change_log log(in);
    auto all = log.cursors();
    if (!all) return passed(all);
    const auto stored = found(*all, s.at.name, s.at.user);
    if (!stored || stored->key != s.at.key) return no_cursor(s.at.name);
    if (stored->position != s.at.position && stored->position != s.undone)
      return unexpected(errc::conflict,
                        "the cursor " + in_backticks(s.at.name) +
                            " has been moved by somebody else; nothing was acknowledged; open "
                            "the feed again");
    now.position = s.given;
    now.moved_at = s.of->of->world.clock->now();
    return work::log_keeper(in).put(now);
  };
  if (auto ok = s.of->write_log(move); !ok) return ok;
  s.undone = s.of->open ? std::min(s.undone, s.at.position) : now.position;
  s.at = now;
  return {};
}

result<std::int64_t> feed::each(std::size_t at_most,
                                const std::function<bool(const history_entry&)>& take) {
  state& s = *state_;
  if (s.of->telling)
    return unexpected(errc::misuse, "a change is being told already; return from the callback");
  auto some = next(at_most);
  if (!some) return passed(some);
  const std::int64_t reached = s.given;
  std::int64_t told = 0;
  bool all = true;
  {
    struct telling {
      explicit telling(bool& on) : on_(on) { on_ = true; }
      ~telling() { on_ = false; }
      bool& on_;
    } guard(s.of->telling);
    // Should the callback throw, what it took before is not acknowledged, and comes again.
    s.given = s.at.position;
    std::int64_t taken = s.given;
    for (const history_entry& e : *some) {
      if (!take(e)) {
        all = false;
        break;
      }
      taken = e.sequence;
      ++told;
    }
    s.given = all ? reached : taken;
  }
  if (auto ok = acknowledge(); !ok) return passed(ok);
  return told;
}

result<feed> session::feed(std::string_view name, const feed_options& options) {
  if (auto ok = check_name(name); !ok) return passed(ok);
  auto s = std::make_unique<feed::state>();
  s->of = state_;
  s->options = options;
  s->at.name = name;
  s->at.user = state_->who.system ? id{} : state_->who.user;
  bool there = false;
  const auto look = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    if (auto ok = s->check(mine); !ok) return ok;
    auto all = log.cursors();
    if (!all) return passed(all);
    const auto stored = found(*all, s->at.name, s->at.user);
    there = stored.has_value();
    if (there) s->at = *stored;
    return {};
  };
  if (auto ok = state_->look_at_log(look); !ok) return passed(ok);
  const auto make = [&](work::pipeline& in, const policy::grants&) -> result<void> {
    work::change_log log(in);
    auto all = log.cursors();
    if (!all) return passed(all);
    if (const auto stored = found(*all, s->at.name, s->at.user)) {
      s->at = *stored;  // somebody was quicker
      return {};
    }
    result<std::int64_t> gone = log.pruned();
    if (!gone) return passed(gone);
    result<std::int64_t> last = log.last();
    if (!last) return passed(last);
    const std::int64_t from = options.start_after.value_or(0);
    if (from < 0 || from > *last)
      return unexpected(errc::invalid_argument, "a feed starts after a sequence of 0 to " +
                                                    std::to_string(*last));
    if (from < *gone) return unexpected(pruned(*gone));
    s->at.position = from;
    s->at.moved_at = state_->of->world.clock->now();
    return work::log_keeper(in).put(s->at);
  };
  if (!there)
    if (auto ok = state_->write_log(make); !ok) return passed(ok);
  s->given = s->undone = s->at.position;
  return guanxi::feed(std::move(s));
}

result<std::vector<feed_cursor>> session::cursors() const {
  std::vector<feed_cursor> out;
  const bool all_of_them = state_->administers("see the cursors of others").has_value();
  const id me = state_->who.system ? id{} : state_->who.user;
  const auto look = [&](const policy::grants&, work::change_log& log) -> result<void> {
    out.clear();
    auto all = log.cursors();
    if (!all) return passed(all);
    for (work::cursor& c : *all)
      if (all_of_them || c.user == me)
        out.push_back({std::move(c.name), c.user, c.position, c.moved_at});
    return {};
  };
  if (auto ok = state_->look_at_log(look); !ok) return passed(ok);
  return out;
}

namespace {

/// Finds a cursor of one's own, or of another's for an administrator, inside a write.
result<void> with_cursor(
    session::state& of, std::string_view name, std::optional<id> of_user,
    const std::function<result<void>(work::change_log&, work::log_keeper&, work::cursor)>& task) {
  const id me = of.who.system ? id{} : of.who.user;
  const id whose = of_user.value_or(me);
  if (whose != me)
    if (auto ok = of.administers("move or drop the cursors of others"); !ok) return ok;
  return of.write_log([&](work::pipeline& in, const policy::grants&) -> result<void> {
    work::change_log log(in);
    work::log_keeper keep(in);
    auto all = log.cursors();
    if (!all) return passed(all);
    const auto stored = found(*all, name, whose);
    if (!stored) return no_cursor(name);
    return task(log, keep, *stored);
  });
}

}  // namespace

result<void> session::move_cursor(std::string_view name, std::int64_t to,
                                  std::optional<id> of_user) {
  const auto move = [&](work::change_log& log, work::log_keeper& keep,
                        work::cursor c) -> result<void> {
    result<std::int64_t> gone = log.pruned();
    if (!gone) return passed(gone);
    result<std::int64_t> last = log.last();
    if (!last) return passed(last);
    if (to < 0 || to > *last)
      return unexpected(errc::invalid_argument, "a cursor moves to a sequence of 0 to " +
                                                    std::to_string(*last));
    if (to < *gone) return unexpected(pruned(*gone));
    c.position = to;
    c.moved_at = state_->of->world.clock->now();
    return keep.put(c);
  };
  return with_cursor(*state_, name, of_user, move);
}

result<void> session::drop_cursor(std::string_view name, std::optional<id> of_user) {
  return with_cursor(*state_, name, of_user,
                     [](work::change_log&, work::log_keeper& keep, const work::cursor& c) {
                       return keep.drop(c.key);
                     });
}

result<std::int64_t> session::last_change() const {
  std::int64_t out = 0;
  const auto look = [&](const policy::grants&, work::change_log& log) -> result<void> {
    result<std::int64_t> last = log.last();
    if (!last) return passed(last);
    out = *last;
    return {};
  };
  if (auto ok = state_->look_at_log(look); !ok) return passed(ok);
  return out;
}

}  // namespace guanxi
