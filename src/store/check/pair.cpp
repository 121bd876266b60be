#include "pair.hpp"

#include "said.hpp"

#include "guanxi/store/memory.hpp"
#include "guanxi/store/store.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace guanxi::store::checking {

namespace {

std::string number(std::int64_t n) { return std::to_string(n); }

std::int64_t revision_of(const schema::record& r) {
  return bare(r.of()) ? 1 : r.revision();
}

/// What a read gave in place of what was due, in words; "" if they are the same.
std::string row_difference(const result<schema::record>& got, const schema::record& due) {
  if (!got) return "failed with " + words(got.error());
  if (got->empty() && due.empty()) return {};
  if (got->empty()) return "gives no row, where there is one: " + shown(due);
  if (due.empty()) return "gives a row, where there is none: " + shown(*got);
  const std::string field = difference(*got, due);
  return field.empty() ? std::string() : "gives " + field;
}

}  // namespace

pair::~pair() {
  if (tested_ && begun_ && tested_->transactional())
    static_cast<void>(said([&] { return tested_->rollback(); }));
}

std::string pair::name(std::size_t table) const {
  return "`" + std::string(table_of(*catalog_, table).name()) + "`";
}

pair::where pair::part(const std::string& function, std::string text) const {
  // Where a savepoint was kept on the way to what is not taken back, keeping forgot it.
  const bool takes_back = function == how_.names.undo || function == "rollback";
  const std::string kept = "`" + std::string(how_.names.keep) + "`";
  const bool keeps = takes_back && std::any_of(told_.begin(), told_.end(), [&](const auto& told) {
    return told.starts_with(kept);
  });
  return parting{keeps ? how_.names.keep : function, std::move(text), told_, 0};
}

result<schema::record> pair::stored(driver& in, std::size_t table, id key, view at) {
  schema::record out(catalog_, table_of(*catalog_, table));
  const result<bool> there = said([&] { return in.get(out.of(), key, at, out); });
  if (!there) return unexpected(there.error());
  return *there ? out : schema::record();
}

result<std::vector<schema::record>> pair::page(driver& in, std::size_t table, id after,
                                               std::size_t at_most, view at) {
  std::vector<schema::record> out;
  const auto done = said([&] {
    return in.scan(catalog_, table_of(*catalog_, table), after, at_most, at,
                   [&](const schema::record& r) -> result<bool> {
                     out.push_back(r);
                     // More than was asked for is a fault, which is found by the count.
                     return out.size() <= at_most;
                   });
  });
  if (!done) return unexpected(done.error());
  return out;
}

result<void> pair::open_reader() {
  auto own = said([&] { return tested_->open_reader(); });
  if (!own) return passed(own);
  reader_ = std::move(*own);
  return {};
}

// ---- comparing --------------------------------------------------------------------------------

std::string pair::blamed_for_row(std::size_t table, id key, view at, const schema::record& due) {
  const result<std::vector<schema::record>> beside =
      page(tested(at), table, id{key.value - 1}, 1, at);
  if (!beside) return last_write_;
  const bool shows = !beside->empty() && beside->front().key() == key;
  const bool right = due.empty() ? !shows : shows && difference(beside->front(), due).empty();
  return right ? "get" : last_write_;
}

pair::where pair::same_row(std::size_t table, id key, view at) {
  const schema::record due = stored(*known_, table, key, at).value();
  const result<schema::record> got = stored(tested(at), table, key, at);
  const std::string difference = row_difference(got, due);
  if (difference.empty()) return same_holder(table, key, at);
  const bool beside = open_ && at == view::committed;
  return part(beside ? "snapshots" : blamed_for_row(table, key, at, due),
              "`get` of " + name(table) + " " + number(key.value) +
                  (beside ? ", of what is committed beside an open transaction, " : " ") +
                  difference);
}

pair::where pair::same_row(std::size_t table, id key) {
  if (where at = same_row(table, key, now())) return at;
  return open_ && tested_->snapshots() ? same_row(table, key, view::committed) : where();
}

/// Where a store finds by value, a row is found by the unique one that it has, while it lives.
pair::where pair::same_holder(std::size_t table, id key, view at) {
  if (table != all_kinds || at != view::writing || !tested_->finds()) return {};
  const schema::field& single = *table_of(*catalog_, table).find("single");
  const value asked = "u" + std::to_string(key.value);
  const auto due =
      known_->find(*single.of, single.slot, asked, at).value();
  const auto got = said([&] { return tested_->find(*single.of, single.slot, asked, at); });
  if (got && *got == due) return {};
  const auto told = [](const std::optional<id>& found) {
    return found ? number(found->value) : std::string("none");
  };
  return part("find", "`find` by `single` = `" + asked.to_string() + "` " +
                          (got ? "gives " + told(*got) : "failed with " + words(got.error())) +
                          ", where record " + told(due) + " is due");
}

pair::where pair::same_page(std::size_t table, id after, std::size_t at_most, view at) {
  const std::vector<schema::record> due = page(*known_, table, after, at_most, at).value();
  const result<std::vector<schema::record>> got = page(tested(at), table, after, at_most, at);
  const std::string call = "`scan` of " + name(table) + " after " + number(after.value) +
                           ", at most " + std::to_string(at_most) + ", ";
  const auto by_get = [&](id key) {
    const result<schema::record> one = stored(tested(at), table, key, at);
    const schema::record wanted = stored(*known_, table, key, at).value();
    return row_difference(one, wanted).empty() ? std::string("scan") : last_write_;
  };
  if (!got)
    return part(due.empty() ? "scan" : by_get(due.front().key()),
                call + "failed with " + words(got.error()));
  for (std::size_t i = 0; i < due.size() || i < got->size(); ++i) {
    if (i >= due.size())
      return part(by_get((*got)[i].key()),
                  call + "gives " + std::to_string(got->size()) + " rows in place of " +
                      std::to_string(due.size()) + "; the first too many is " +
                      number((*got)[i].key().value));
    const id key = due[i].key();
    if (i >= got->size() || (*got)[i].key() != key)
      return part(by_get(key), call + "gives " +
                                   (i < got->size() ? number((*got)[i].key().value) : "no row") +
                                   " at place " + std::to_string(i + 1) + ", where " +
                                   number(key.value) + " is due");
    if (const std::string differs = difference((*got)[i], due[i]); !differs.empty())
      return part(by_get(key), call + "gives, of row " + number(key.value) + ", " + differs);
  }
  return {};
}

pair::where pair::same_pages() {
  for (std::size_t table = 0; table < table_count; ++table)
    if (where at = same_page(table, {}, enough, now())) return at;
  return {};
}

pair::where pair::same_everything() {
  if (where at = same_pages()) return at;
  for (std::size_t table = 0; table < table_count; ++table) {
    const std::vector<schema::record> due = page(*known_, table, {}, enough, now()).value();
    for (const schema::record& r : due)
      if (where at = same_row(table, r.key())) return at;
  }
  return {};
}

pair::where pair::same_code(const result<void>& got, const result<void>& due,
                            const std::string& function, const std::string& call) {
  if (got && due) return {};
  if (!got && due) return part(function, call + " failed with " + words(got.error()) +
                                             ", where it should succeed");
  if (got) return part(function, call + " was taken, where " + words(due.error()) + " is due");
  // An id that is taken is a duplicate to stores that guard unique values.
  if (got.error().code() == errc::conflict || got.error().code() == errc::duplicate) return {};
  return part(function, call + " was refused with " + words(got.error()) +
                            ", where `conflict` is due");
}

// ---- steps ------------------------------------------------------------------------------------

pair::where pair::enter() {
  if (open_) return {};
  known_->begin().value();
  if (auto ok = said([&] { return tested_->begin(); }); !ok)
    return part("begin", "`begin` failed with " + words(ok.error()));
  begun_ = true;
  return {};
}

pair::where pair::leave(bool written) {
  if (open_) return {};
  begun_ = false;
  if (!written && tested_->transactional()) {
    known_->rollback().value();
    if (auto ok = said([&] { return tested_->rollback(); }); !ok)
      return part("rollback", "`rollback` failed with " + words(ok.error()));
    return {};
  }
  known_->commit().value();
  if (auto ok = said([&] { return tested_->commit(); }); !ok)
    return part("commit", "`commit` failed with " + words(ok.error()));
  return {};
}

pair::where pair::put(const step& s) {
  if (s.expected == step::expectation::stale && s.table == bare_table) return {};
  if (where at = enter()) return at;
  const id key{s.key};
  const schema::record before = stored(*known_, s.table, key, view::writing).value();
  const std::int64_t revision = before.empty() ? 0 : revision_of(before);
  constexpr std::int64_t off = 7;
  const std::int64_t expected = s.expected == step::expectation::nothing   ? 0
                                : s.expected == step::expectation::present
                                    ? (before.empty() ? 1 : revision)
                                    : revision + off;
  const schema::record r = row_of(catalog_, s.table, key, revision + 1, s.content);
  const bool replaces = s.expected == step::expectation::present && !before.empty() &&
                        s.table != bare_table && s.content % 2 == 1;
  const std::string function = replaces ? how_.names.replace : "put";
  const std::string call = "`" + function + "` of " + name(s.table) + " " + number(s.key) +
                           ", expecting revision " + number(expected) +
                           (expected == 0 ? " (none)" : "");
  tell(call + ": " + shown(r));
  last_write_ = function;
  const auto due = replaces ? known_->replace(before, r) : known_->put(r, expected);
  const auto got =
      said([&] { return replaces ? tested_->replace(before, r) : tested_->put(r, expected); });
  if (where at = same_code(got, due, function, call)) return at;
  const bool was_open = std::exchange(open_, true);
  where at = same_row(s.table, key);
  if (!at) at = same_pages();
  open_ = was_open;
  if (at) return at;
  if (!open_) last_write_ = due ? "commit" : "rollback";
  if (where left = leave(due.has_value())) return left;
  return open_ ? where() : same_row(s.table, key);
}

pair::where pair::erase(const step& s) {
  if (where at = enter()) return at;
  const schema::entity& of = table_of(*catalog_, s.table);
  const std::string call = "`erase` of " + name(s.table) + " " + number(s.key);
  tell(call);
  last_write_ = "erase";
  const auto due = known_->erase(of, id{s.key});
  const auto got = said([&] { return tested_->erase(of, id{s.key}); });
  if (where at = same_code(got, due, "erase", call)) return at;
  const bool was_open = std::exchange(open_, true);
  where at = same_row(s.table, id{s.key});
  if (!at) at = same_pages();
  open_ = was_open;
  if (at) return at;
  if (!open_) last_write_ = "commit";
  if (where left = leave(true)) return left;
  return open_ ? where() : same_row(s.table, id{s.key});
}

pair::where pair::put_all(const step& s) {
  id last;
  for (id after;;) {
    const auto some = page(*known_, s.table, after, 100, now()).value();
    if (some.empty()) break;
    last = after = some.back().key();
  }
  if (last.value > std::numeric_limits<std::int64_t>::max() - s.count) return {};
  if (where at = enter()) return at;
  std::vector<schema::record> rows;
  for (int i = 0; i < s.count; ++i)
    rows.push_back(row_of(catalog_, s.table, id{last.value + 1 + i}, 1,
                          s.content == plain ? plain : s.content + static_cast<std::uint64_t>(i)));
  const std::string& function = how_.names.batches;
  const std::string call = "`" + function + "` of " + std::to_string(s.count) + " rows of " +
                           name(s.table) + " from " + number(last.value + 1);
  tell(call);
  last_write_ = function;
  const auto due = known_->put_all(rows);
  const auto got = said([&] { return tested_->put_all(rows); });
  if (where at = same_code(got, due, function, call)) return at;
  if (where at = leave(true)) return at;
  return same_everything();
}

pair::where pair::add_field() {
  if (open_ || added_ == most_added) return {};
  const schema::catalog_ptr next = catalog_of(how_.suffix, ++added_);
  catalogs_.push_back(next);
  const auto steps = schema::steps_between(*catalog_, *next).value();
  if (where at = enter()) return at;
  tell("`migrate`: adds a field to " + name(all_kinds) + " in slot " +
       std::to_string(steps.front().slot));
  last_write_ = "migrate";
  const auto due = known_->migrate(*next, steps);
  const auto got = said([&] { return tested_->migrate(*next, steps); });
  catalog_ = next;
  if (where at = same_code(got, due, "migrate", "`migrate`")) return at;
  if (where at = leave(true)) return at;
  return same_everything();
}

pair::where pair::control(const step& s) {
  if (!tested_->transactional() || open_ != (s.what != kind::begin)) return {};
  const auto both = [&](const char* function, result<void> (driver::*call)()) -> where {
    tell("`" + std::string(function) + "`");
    last_write_ = function;
    const auto due = (known_.get()->*call)();
    const auto got = said([&] { return (tested_.get()->*call)(); });
    return same_code(got, due, function, "`" + std::string(function) + "`");
  };
  where at = s.what == kind::begin    ? both("begin", &driver::begin)
             : s.what == kind::commit ? both("commit", &driver::commit)
                                      : both("rollback", &driver::rollback);
  open_ = begun_ = s.what == kind::begin;
  depth_ = 0;
  return at ? at : same_everything();
}

pair::where pair::nested(const step& s) {
  if (!open_ || !tested_->transactional()) return {};
  const int level = s.what == kind::savepoint ? depth_ + 1 : std::min(s.count, depth_);
  constexpr int deepest = 6;
  if (level < 1 || level > deepest) return {};
  const auto both = [&](const std::string& function, result<void> (driver::*call)(int)) -> where {
    const std::string told = "`" + function + "` of level " + std::to_string(level);
    tell(told);
    last_write_ = function;
    const auto due = (known_.get()->*call)(level);
    const auto got = said([&] { return (tested_.get()->*call)(level); });
    return same_code(got, due, function, told);
  };
  if (s.what == kind::savepoint) {
    depth_ = level;
    if (where at = both("savepoint", &driver::savepoint)) return at;
    return same_everything();
  }
  if (s.what == kind::undo) {
    if (where at = both(how_.names.undo, &driver::rollback_to)) return at;
    if (where at = same_everything()) return at;
  }
  depth_ = level - 1;
  if (where at = both(how_.names.keep, &driver::release)) return at;
  return same_everything();
}

result<pair::where> pair::reopen(bool abandons) {
  if (!how_.reopens || open_ != abandons || (abandons && !tested_->transactional()))
    return where();
  tell(abandons ? "closes with the transaction open, and opens again" : "closes and opens again");
  last_write_ = abandons ? "begin" : "commit";
  reader_.reset();
  tested_.reset();
  if (abandons) known_->rollback().value();
  open_ = begun_ = false;
  depth_ = 0;
  auto again = said([&] { return make_(opening::again); });
  if (!again)
    return part("the opening of what is kept", "it failed with " + words(again.error()));
  tested_ = std::move(*again);
  if (auto ok = open_reader(); !ok)
    return part("open_reader", "`open_reader` failed with " + words(ok.error()));
  return same_everything();
}

pair::where pair::take(const step& s) {
  switch (s.what) {
    case kind::put: return put(s);
    case kind::erase: return erase(s);
    case kind::put_all: return put_all(s);
    case kind::add_field: return add_field();
    case kind::get:
      tell("`get` of " + name(s.table) + " " + number(s.key));
      return same_row(s.table, id{s.key});
    case kind::scan:
      tell("`scan` of " + name(s.table) + " after " + number(s.key) + ", at most " +
           std::to_string(s.count));
      return same_page(s.table, id{s.key}, static_cast<std::size_t>(s.count), now());
    case kind::ask: return ask(s);
    case kind::begin:
    case kind::commit:
    case kind::rollback: return control(s);
    default: return nested(s);
  }
}

pair::where pair::set_up() {
  const schema::catalog_ptr nothing = schema::catalog::compile({}).value();
  catalog_ = catalog_of(how_.suffix, 0);
  catalogs_ = {nothing, catalog_};
  const auto steps = schema::steps_between(*nothing, *catalog_).value();
  if (where at = enter()) return at;
  known_->migrate(*catalog_, steps).value();
  if (auto ok = said([&] { return tested_->migrate(*catalog_, steps); }); !ok)
    return part("migrate", "`migrate` to new tables failed with " + words(ok.error()));
  if (where at = leave(true)) return at;
  return same_everything();
}

result<std::optional<parting>> pair::run(const script& steps) {
  known_ = open_memory({}).value();
  auto made = make_(opening::fresh);
  if (!made) return passed(made);
  tested_ = std::move(*made);
  if (auto ok = open_reader(); !ok)
    return part("open_reader", "`open_reader` failed with " + words(ok.error()));
  if (where at = set_up()) return at;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool closes = steps[i].what == kind::reopen || steps[i].what == kind::abandon;
    result<where> at = closes ? reopen(steps[i].what == kind::abandon) : take(steps[i]);
    if (!at) return at;
    if (*at) {
      (*at)->at = i;
      return at;
    }
  }
  where at = same_everything();
  if (at) at->at = steps.size();
  return at;
}

}  // namespace guanxi::store::checking
