#include "guanxi/session/feed.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/work/log_keeper.hpp"
#include "shown_entry.hpp"
#include "state.hpp"
#include "store/change_hash.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace guanxi {

namespace {

constexpr std::size_t longest_name = 100, most_at_once = 100'000, page = 1000;
constexpr std::ptrdiff_t most_cursors = 1000;  // of one user
constexpr std::size_t most_known = 4096;     // records that one call keeps

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
  work::cursor at;          ///< as it is stored, as far as this reader knows
  std::int64_t given = 0;
  /// The cursor was stored, or a change given, in a transaction that may be undone yet: `at` and
  /// `given` are believed when they have been looked at.
  bool doubtful = false;
  std::uint64_t given_hash = 0;  ///< of the entry at `given`, where that may be undone

  /// What one call of next() has looked up already.
  using known = std::map<std::pair<std::uint32_t, id>, record>;
  result<std::optional<history_entry>> told(store::change_entry e, const policy::grants& mine,
                                            work::change_log& log, known& records) const;
  result<sight> seen(const store::change_entry& e, const schema::entity& of,
                     const policy::grants& mine, work::change_log& log, known& records) const;
  bool wants(const schema::entity& e, const schema::field& f) const;
  result<void> check(const policy::grants& mine) const;
  bool lent() const { return of->of->store->lent(); }
  result<bool> still_true(work::change_log& log);
  result<void> settle();
  result<void> note_given();
  result<std::vector<history_entry>> next(std::size_t at_most);
  result<void> acknowledge();
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
    if (records.size() == most_known) records.clear();
    result<record> r = log.record(of, e.record);
    if (!r) return passed(r);
    kept = records.emplace(at, std::move(*r)).first;
  }
  const record& now = kept->second;
  query::loaded_relatives others = log.related();
  const auto may = [&](const record& r) -> result<bool> {
    const bool seen = mine.of(of).allows(action::read, r, others);
    if (auto failed = others.failed()) return unexpected(std::move(*failed));
    return seen;
  };
  if (now.empty()) {  // it was purged, and the purge tells its last state
    if (e.what != store::change_kind::purge) return sight::none;
    record last(mine.catalog(), of);
    for (const store::field_change& c : e.fields)
      if (const schema::field* f = of.numbered(c.field))
        last.set(f->slot, store::as_of_now(*f, c.before));
    result<bool> seen_last = may(last);
    if (!seen_last) return passed(seen_last);
    return *seen_last ? sight::bare : sight::none;
  }
  result<bool> seen_now = may(now);
  if (!seen_now) return passed(seen_now);
  if (!*seen_now) return sight::none;
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

feed::feed(std::shared_ptr<state> s) : state_(std::move(s)) {}
feed::feed(feed&&) noexcept = default;
feed& feed::operator=(feed&&) noexcept = default;
feed::~feed() = default;

std::string_view feed::cursor() const noexcept { return state_->at.name; }
std::int64_t feed::position() const noexcept { return state_->given; }
std::int64_t feed::acknowledged() const noexcept { return state_->at.position; }
void feed::rewind() noexcept { state_->given = state_->at.position; }
result<std::vector<history_entry>> feed::next(std::size_t at_most) {
  return state_->next(at_most);
}
result<void> feed::acknowledge() { return state_->acknowledge(); }

/// Whether what was stored and given still stands; where it does not, goes back to what is stored.
result<bool> feed::state::still_true(work::change_log& log) {
  result<std::optional<work::cursor>> stored = log.cursor_at(at.key);
  if (!stored) return passed(stored);
  if (!*stored) return unexpected(no_cursor(at.name));
  bool stands = (*stored)->position == at.position;
  if (stands && given > at.position && given_hash != 0) {
    auto entry = log.entry_at(given);
    if (!entry) return passed(entry);
    stands = *entry && store::hash_of_change(**entry) == given_hash;
  }
  if (!stands) {
    at = **stored;
    given = at.position;
  }
  return stands;
}

/// Looks whether a transaction was undone in which something was acknowledged or given.
result<void> feed::state::settle() {
  if (!doubtful && !lent()) return {};
  const auto look = [&](const policy::grants&, work::change_log& log) -> result<void> {
    auto stands = still_true(log);
    return stands ? result<void>() : result<void>(passed(stands));
  };
  if (auto ok = of->look_at_log(look); !ok) return ok;
  doubtful = of->open != nullptr;
  return {};
}

/// On a host's connection what was read may be undone, and another change take its number.
result<void> feed::state::note_given() {
  given_hash = 0;
  if (!lent()) return {};
  return of->look_at_log([&](const policy::grants&, work::change_log& log) -> result<void> {
    auto entry = log.entry_at(given);
    if (!entry) return passed(entry);
    if (*entry) given_hash = store::hash_of_change(**entry);
    return {};
  });
}

result<std::vector<history_entry>> feed::state::next(std::size_t at_most) {
  if (at_most < 1 || at_most > most_at_once)
    return unexpected(errc::invalid_argument, "a feed gives 1 to 100,000 changes at once");
  if (auto ok = settle(); !ok) return passed(ok);
  std::vector<history_entry> out;
  std::int64_t reached = given;
  std::optional<error> cut;
  const query::bounds within = of->begin_call();
  const auto read = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    out.clear();
    cut.reset();
    reached = given;
    if (auto ok = check(mine); !ok) return ok;
    result<std::int64_t> gone = log.pruned();
    if (!gone) return passed(gone);
    if (reached < *gone) return unexpected(pruned(*gone));
    known records;
    std::size_t at_once = std::clamp<std::size_t>(at_most, 16, page);
    while (out.size() < at_most) {
      // What was passed over stays passed over: the next call goes on where this one was cut.
      if (auto ok = within.check(); !ok) {
        cut = std::move(ok.error());
        return {};
      }
      auto entries = log.after(reached, std::exchange(at_once, page));
      if (!entries) return passed(entries);
      if (entries->empty()) return {};
      for (store::change_entry& e : *entries) {
        const std::int64_t sequence = e.sequence;
        auto one = told(std::move(e), mine, log, records);
        if (!one) return passed(one);
        reached = sequence;
        if (!*one) continue;
        out.push_back(std::move(**one));
        if (out.size() == at_most) return {};
      }
    }
    return {};
  };
  if (auto ok = of->look_at_log(read); !ok) return passed(ok);
  // Pruned while it was read: what is gone may be missing in between.
  std::int64_t gone = 0;
  const auto look = [&](const policy::grants&, work::change_log& log) -> result<void> {
    result<std::int64_t> now = log.pruned();
    if (!now) return passed(now);
    gone = *now;
    return {};
  };
  if (auto ok = of->look_at_log(look); !ok) return passed(ok);
  if (given < gone) return unexpected(pruned(gone));
  given = reached;
  if (auto ok = note_given(); !ok) return passed(ok);
  if (cut && out.empty()) return unexpected(std::move(*cut));
  return out;
}

result<void> feed::state::acknowledge() {
  if (given == at.position && !doubtful) return {};
  work::cursor now = at;
  bool moved = false;
  const auto move = [&](work::pipeline& in, const policy::grants&) -> result<void> {
    work::change_log log(in);
    auto stands = still_true(log);
    if (!stands) return passed(stands);
    if (!*stands)
      return unexpected(errc::conflict,
                        "the cursor " + in_backticks(at.name) +
                            " stands elsewhere: somebody else has moved it, or a transaction was "
                            "undone in which it was acknowledged; nothing was acknowledged, and "
                            "the feed goes on from where it stands");
    if (given == at.position) return {};
    now = at;
    now.position = given;
    now.moved_at = of->of->world.clock->now();
    moved = true;
    return work::log_keeper(in).put(now);
  };
  if (auto ok = of->write_log(move); !ok) return ok;
  if (moved) at = now;
  doubtful = of->open != nullptr;
  return {};
}

result<std::int64_t> feed::each(std::size_t at_most,
                                const std::function<bool(const history_entry&)>& take) {
  // The callback may let go of this feed.
  const std::shared_ptr<state> kept = state_;
  state& s = *kept;
  if (s.of->telling)
    return unexpected(errc::misuse, "a change is being told already; return from the callback");
  auto some = s.next(at_most);
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
  if (auto ok = s.note_given(); !ok) return passed(ok);
  if (auto ok = s.acknowledge(); !ok) return passed(ok);
  return told;
}

result<feed> session::feed(std::string_view name, const feed_options& options) {
  if (auto ok = check_name(name); !ok) return passed(ok);
  auto s = std::make_shared<feed::state>();
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
    const auto mine_too = [&](const work::cursor& c) { return c.user == s->at.user; };
    if (!there && std::count_if(all->begin(), all->end(), mine_too) >= most_cursors)
      return unexpected(errc::limit, "a user has at most 1,000 cursors; drop some first");
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
  s->given = s->at.position;
  s->doubtful = state_->open != nullptr;
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
