#include "support/faulty_host.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::test {

namespace {

struct planted {
  const char* name;
  const char* function;
};

/// In the order of `fault`.
constexpr planted all[] = {
    {"none", ""},
    {"put_keeps_what_is_nulled", "put"},
    {"put_cuts_text", "put"},
    {"put_takes_empty_for_null", "put"},
    {"put_checks_no_revision", "put"},
    {"put_makes_what_is_missing", "put"},
    {"put_refuses_what_was_erased", "put"},
    {"put_counts_in_32_bits", "put"},
    {"put_computes_in_doubles", "put"},
    {"put_loses_old_dates", "put"},
    {"put_writes_before_it_refuses", "put"},
    {"erase_does_nothing", "erase"},
    {"erase_reaches_other_tables", "erase"},
    {"erase_fails_on_nothing", "erase"},
    {"get_mixes_tables", "get"},
    {"get_remembers_too_long", "get"},
    {"scan_inclusive", "scan"},
    {"scan_orders_as_text", "scan"},
    {"scan_ignores_the_limit", "scan"},
    {"scan_misses_the_last", "scan"},
    {"scan_stops_at_32_bits", "scan"},
    {"begin_does_nothing", "rollback"},
    {"commit_loses_erasures", "commit"},
    {"rollback_does_nothing", "rollback"},
    {"rollback_forgets_erasures", "rollback"},
    {"savepoint_does_nothing", "undo"},
    {"keep_forgets_what_to_undo", "keep"},
    {"undo_takes_all", "undo"},
    {"undo_does_nothing", "undo"},
    {"undo_ends_the_savepoint_below", "undo"},
    {"migrate_appends", "migrate"},
    {"migrate_does_nothing", "migrate"},
    {"put_all_drops_the_last", "put_all"},
    {"reopening_keeps_the_unfinished", "begin"},
    {"plan_forgets_a_term", "plan"},
    {"plan_calls_a_superset_exact", "plan"},
    {"plan_calls_exact_what_nulls_pass", "plan"},
    {"execute_looks_at_one_of_many", "execute"},
    {"execute_prunes_what_passes", "execute"},
    {"execute_forgets_later_keys", "execute"},
    {"execute_ignores_the_direction", "execute"},
    {"execute_puts_nulls_last", "execute"},
    {"execute_ignores_the_limit", "execute"},
    {"execute_gives_too_few", "execute"},
    {"execute_includes_after", "execute"},
    {"execute_blanks_what_is_wanted", "execute"},
    {"execute_misses_what_is_open", "execute"},
};
static_assert(std::size(all) == static_cast<std::size_t>(fault::last) + 1);

std::string place(const std::string& table, std::int64_t key) {
  return table + "/" + std::to_string(key);
}

}  // namespace

std::string name(fault f) { return all[static_cast<std::size_t>(f)].name; }
std::string function_of(fault f) { return all[static_cast<std::size_t>(f)].function; }

faulty_host::faulty_host(shelf& kept, fault how) : kept_(kept), how_(how) {
  // What was not committed when the store was closed is taken back when it opens.
  if (!is(fault::reopening_keeps_the_unfinished)) back_to(0);
  kept_.undo.clear();
}

std::string faulty_host::table_of(const schema::entity& of) const { return std::string(of.name()); }

void faulty_host::write(const std::string& table, std::int64_t key, std::optional<row> now) {
  auto& rows = kept_.tables[table];
  const auto at = rows.find(key);
  if (!is(fault::begin_does_nothing))
    kept_.undo.push_back(
        {table, key, at == rows.end() ? std::nullopt : std::optional<row>(at->second)});
  if (now) rows[key] = std::move(*now);
  else rows.erase(key);
}

void faulty_host::back_to(std::size_t position, bool with_erasures) {
  for (; kept_.undo.size() > position; kept_.undo.pop_back()) {
    shelf::written& w = kept_.undo.back();
    table& rows = kept_.tables[w.table];
    if (!w.before) rows.erase(w.key);
    else if (with_erasures || rows.contains(w.key)) rows[w.key] = std::move(*w.before);
  }
}

value faulty_host::spoilt(const schema::field& f, const value& v) const {
  if (v.type() == value_type::text) {
    constexpr std::size_t cut = 255;
    if (is(fault::put_cuts_text) && v.as_text().size() > cut) {
      std::size_t end = cut;
      while ((static_cast<unsigned char>(v.as_text()[end]) & 0xc0) == 0x80) --end;
      return v.as_text().substr(0, end);
    }
    if (is(fault::put_takes_empty_for_null) && v.as_text().empty()) return {};
  }
  if (is(fault::put_counts_in_32_bits) && v.type() == value_type::integer && !f.system)
    return std::int64_t{static_cast<std::int32_t>(v.as_integer())};
  if (is(fault::put_computes_in_doubles) && v.type() == value_type::decimal)
    return decimal{static_cast<std::int64_t>(static_cast<long double>(
                       static_cast<double>(v.as_decimal().coefficient / 2)) * 2),
                   v.as_decimal().scale};
  if (is(fault::put_loses_old_dates) && v.type() == value_type::date && v.as_date().days < 0)
    return date{0};
  return v;
}

result<void> faulty_host::get(const schema::entity& of, id key, const store::row_taker& take) {
  std::string table = table_of(of);
  if (is(fault::get_mixes_tables) && table == "check_all_b") table = "check_all";
  const auto& rows = kept_.tables[table];
  const auto at = rows.find(key.value);
  row found = at == rows.end() ? row() : at->second;
  if (is(fault::get_remembers_too_long)) {
    row& known = remembered_[place(table, key.value)];
    if (known.empty()) known = found;
    found = known;
  }
  if (found.empty()) return {};
  found.resize(of.slots());
  const result<bool> taken = take(found);
  return taken ? result<void>() : unexpected(taken.error());
}

result<void> faulty_host::put(const schema::entity& of, std::span<const value> given,
                              std::int64_t expected_revision) {
  const std::string table = table_of(of);
  const std::int64_t key = given[0].as_id().value;
  auto& rows = kept_.tables[table];
  const auto at = rows.find(key);
  const bool there = at != rows.end();
  const auto refused = [] { return unexpected(errc::conflict, "the row is another"); };
  row now;
  for (std::size_t slot = 0; slot < given.size(); ++slot)
    now.push_back(spoilt(of.at(static_cast<std::uint16_t>(slot)), given[slot]));
  if (is(fault::put_writes_before_it_refuses) && there) write(table, key, now);
  const auto before = rows.find(key);
  if (expected_revision == 0 && there) return refused();
  if (expected_revision != 0 && !there && !is(fault::put_makes_what_is_missing)) return refused();
  if (there && expected_revision != 0 && !is(fault::put_checks_no_revision) &&
      !before->second[1].is_null() && before->second[1] != value(expected_revision))
    return refused();
  if (is(fault::put_refuses_what_was_erased) && erased_[place(table, key)]) return refused();
  if (is(fault::put_keeps_what_is_nulled) && there)
    for (std::size_t slot = 0; slot < now.size(); ++slot)
      if (now[slot].is_null()) now[slot] = before->second[slot];
  write(table, key, std::move(now));
  return {};
}

result<void> faulty_host::erase(const schema::entity& of, id key) {
  if (is(fault::erase_does_nothing)) return {};
  const std::string table = table_of(of);
  if (is(fault::erase_fails_on_nothing) && !kept_.tables[table].contains(key.value))
    return unexpected(errc::store_io, "there is no such row");
  if (is(fault::erase_reaches_other_tables))
    for (auto& [other, rows] : kept_.tables)
      if (rows.contains(key.value)) write(other, key.value, std::nullopt);
  if (kept_.tables[table].contains(key.value)) {
    write(table, key.value, std::nullopt);
    erased_[place(table, key.value)] = true;
  }
  return {};
}

result<void> faulty_host::scan(const schema::entity& of, id after, std::size_t at_most,
                               const store::row_taker& take) {
  std::vector<std::pair<std::int64_t, row>> found;
  for (const auto& [key, r] : kept_.tables[table_of(of)]) {
    if (is(fault::scan_inclusive) ? key < after.value : key <= after.value) continue;
    if (is(fault::scan_stops_at_32_bits) && key > 0x7fffffff) continue;
    found.emplace_back(key, r);
  }
  if (is(fault::scan_orders_as_text))
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::to_string(a.first) < std::to_string(b.first);
    });
  if (is(fault::scan_misses_the_last) && !found.empty()) found.pop_back();
  if (!is(fault::scan_ignores_the_limit) && found.size() > at_most) found.resize(at_most);
  for (auto& [key, r] : found) {
    r.resize(of.slots());
    const result<bool> more = take(r);
    if (!more) return unexpected(more.error());
    if (!*more && !is(fault::scan_ignores_the_limit)) break;
  }
  return {};
}

result<void> faulty_host::put_all(std::span<const schema::record> fresh) {
  return host::put_all(is(fault::put_all_drops_the_last) && fresh.size() > 1
                           ? fresh.first(fresh.size() - 1)
                           : fresh);
}

result<void> faulty_host::migrate(const schema::entity& of, const schema::step& what) {
  if (what.what == schema::step::kind::add_entity || is(fault::migrate_does_nothing)) return {};
  const table before = kept_.tables[table_of(of)];
  for (auto [key, wider] : before) {
    if (is(fault::migrate_appends)) wider.push_back({});
    else wider.insert(wider.begin() + what.slot, value());
    write(table_of(of), key, std::move(wider));
  }
  return {};
}

// ---- plan and execute: worked out here, so that the library's own words are no part of it -----

result<void> faulty_host::plan(const schema::entity&, const store::request& asked,
                               store::plan_answer& said) {
  using query::verdict;
  for (std::size_t t = 0; t < asked.terms.size(); ++t) {
    const store::comparison how = asked.terms[t].how;
    const bool folds = how == store::comparison::starts_with;  // which is more than this store can
    const bool prunes = how == store::comparison::greater_equal;
    said.terms[t] = folds ? verdict::unsupported : prunes ? verdict::prune : verdict::exact;
  }
  said.sort = true;
  if (is(fault::plan_forgets_a_term) && !said.terms.empty()) said.terms.pop_back();
  return {};
}

bool faulty_host::holds(const store::term& t, const row& of) const {
  using how = store::comparison;
  const value& v = of[t.of->slot];
  if (t.how == how::is_null || t.how == how::is_not_null)
    return v.is_null() == (t.how == how::is_null);
  if (v.is_null()) return is(fault::plan_calls_exact_what_nulls_pass) && t.how == how::not_equal;
  const auto is_same = [&](const value& c) { return order(v, c) == 0; };
  if (t.how == how::in) {
    const auto end = is(fault::execute_looks_at_one_of_many) && !t.constants.empty()
                         ? t.constants.begin() + 1
                         : t.constants.end();
    return std::any_of(t.constants.begin(), end, is_same);
  }
  const auto by = order(v, t.constants[0]);
  switch (t.how) {
    case how::equal: return by == 0;
    case how::not_equal: return by != 0;
    case how::less: return is(fault::plan_calls_a_superset_exact) ? by <= 0 : by < 0;
    case how::less_equal: return by <= 0;
    case how::greater: return by > 0;
    default: return !is(fault::execute_prunes_what_passes) || by > 0;  // it need not look closely
  }
}

bool faulty_host::before(const store::request& asked, const row& a, const row& b) const {
  for (const store::sort_key& k : asked.sort) {
    const value &x = a[k.of->slot], &y = b[k.of->slot];
    const bool first = k.nulls_first && !is(fault::execute_puts_nulls_last);
    if (x.is_null() != y.is_null()) return x.is_null() == first;
    const auto by = order(x, y);
    const bool down = k.descending && !is(fault::execute_ignores_the_direction);
    if (by != 0) return down ? by > 0 : by < 0;
    if (is(fault::execute_forgets_later_keys)) break;
  }
  return order(a[0], b[0]) < 0;
}

/// Whether a row was written since the last commit, for a store that looks at what is committed.
bool faulty_host::hides(const std::string& table, std::int64_t key) const {
  return is(fault::execute_misses_what_is_open) &&
         std::any_of(kept_.undo.begin(), kept_.undo.end(), [&](const shelf::written& w) {
           return w.table == table && w.key == key;
         });
}

result<void> faulty_host::execute(const schema::entity& of, const store::request& asked,
                                  const store::row_taker& take) {
  std::vector<row> found;
  for (auto [key, r] : kept_.tables[table_of(of)]) {
    r.resize(of.slots());
    const bool above = is(fault::execute_includes_after) ? key >= asked.after.value
                                                         : key > asked.after.value;
    if (above && !hides(table_of(of), key) &&
        std::all_of(asked.terms.begin(), asked.terms.end(),
                    [&](const store::term& t) { return holds(t, r); }))
      found.push_back(std::move(r));
  }
  std::sort(found.begin(), found.end(),
            [&](const row& a, const row& b) { return before(asked, a, b); });
  const std::size_t most = asked.limit - (is(fault::execute_gives_too_few) ? 1 : 0);
  if (!is(fault::execute_ignores_the_limit) && found.size() > most) found.resize(most);
  for (row& r : found) {
    for (std::uint16_t slot = 2; slot < of.slots(); ++slot)
      if (!std::binary_search(asked.columns.begin(), asked.columns.end(), slot) ||
          (is(fault::execute_blanks_what_is_wanted) && of.at(slot).name == "count"))
        r[slot] = value();
    const result<bool> more = take(r);
    if (!more) return unexpected(more.error());
    if (!*more && !is(fault::execute_ignores_the_limit)) break;
  }
  return {};
}

result<void> faulty_host::begin() {
  kept_.undo.clear();
  marks_.clear();
  return {};
}

result<void> faulty_host::commit() {
  if (is(fault::commit_loses_erasures))
    for (shelf::written& w : kept_.undo)
      if (w.before && !kept_.tables[w.table].contains(w.key))
        kept_.tables[w.table][w.key] = std::move(*w.before);
  return begin();
}

result<void> faulty_host::rollback() {
  remembered_.clear();
  if (!is(fault::rollback_does_nothing)) back_to(0, !is(fault::rollback_forgets_erasures));
  return begin();
}

result<void> faulty_host::savepoint(int level) {
  marks_[level] = is(fault::savepoint_does_nothing) ? 0 : kept_.undo.size();
  return {};
}

result<void> faulty_host::keep(int level) {
  if (is(fault::keep_forgets_what_to_undo)) kept_.undo.resize(marks_[level]);
  marks_.erase(marks_.lower_bound(level), marks_.end());
  return {};
}

result<void> faulty_host::undo(int level) {
  if (is(fault::undo_does_nothing)) return {};
  back_to(is(fault::undo_takes_all) ? 0 : marks_[level]);
  if (is(fault::undo_ends_the_savepoint_below) && level > 1) back_to(marks_[level - 1]);
  marks_.erase(marks_.upper_bound(level), marks_.end());
  return {};
}

}  // namespace guanxi::test
