#pragma once

#include "guanxi/query/run.hpp"

#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace guanxi::query {

namespace detail_run {

using record_cache = std::unordered_map<id, schema::record>;

inline std::size_t bytes_of(const schema::record& r) noexcept {
  std::size_t out = sizeof(schema::record);
  for (std::uint16_t slot = 0; slot < r.of().slots(); ++slot) out += query::bytes_of(r.at(slot));
  return out;
}

/// Records that guards ask for, of a source that is scanned. Children are read before the rows are,
/// since a visitor of rows had better not scan in turn.
class source_relatives final : public policy::relatives {
 public:
  source_relatives(record_source& from, const bounds& within) : from_(from), within_(within) {}

  result<void> prepare(const policy::reach& r) {
    for (const policy::tie& t : r.ties) {
      if (auto ok = prepare(*t.within); !ok) return ok;
      if (t.to_parent() || parents_.contains(&t)) continue;
      std::unordered_set<std::int64_t> found;
      const auto each = [&](const schema::record& child) -> result<bool> {
        if (pace_.due(expr::pace::stride / 256))
          if (auto ok = pace_.ask(); !ok) return passed(ok);
        const value& parent = child.at(t.there);
        if (parent.is_null() || found.contains(parent.as_id().value) ||
            !t.within->holds(child, *this))
          return true;
        found.insert(parent.as_id().value);
        if (auto ok = within_.keep(sizeof(std::int64_t) * 4); !ok) return passed(ok);
        return true;
      };
      if (auto ok = from_.scan(*t.of, standing::live, each); !ok) return ok;
      parents_.emplace(&t, std::move(found));
    }
    return failed_;
  }
  bool any(const policy::tie& t, const value& key) override {
    if (key.is_null()) return false;
    const std::int64_t number = key.as_id().value;
    if (!t.to_parent()) return parents_.at(&t).contains(number);
    auto& known = known_[&t];
    if (const auto at = known.find(number); at != known.end()) return at->second;
    result<schema::record> got = from_.get(*t.of, key.as_id());
    if (!got) {
      if (failed_) failed_ = passed(got);
      return false;
    }
    const bool met = !got->empty() && t.within->holds(*got, *this);
    if (failed_)
      if (auto ok = within_.keep(sizeof(std::int64_t) * 4); !ok) failed_ = std::move(ok);
    known.emplace(number, met);
    return met;
  }
  /// What went wrong, if anything did.
  result<void> done() const { return failed_; }

 private:
  record_source& from_;
  const bounds& within_;
  expr::pace pace_ = within_.pace();
  std::unordered_map<const policy::tie*, std::unordered_set<std::int64_t>> parents_;
  std::unordered_map<const policy::tie*, std::unordered_map<std::int64_t, bool>> known_;
  result<void> failed_;
};

/// The record of a join for one root record, or nullptr if there is none within reach.
inline result<const schema::record*> parent_of(const trimmed_plan& p, std::size_t j,
                                               const std::vector<const schema::record*>& row,
                                               record_source& from, record_cache& cache,
                                               source_relatives& others, const bounds& within) {
  const join& at = p.what().joins[j];
  const schema::record* child = row[at.parent];
  if (!child || child->at(at.via->slot).is_null()) return nullptr;
  const id key = child->at(at.via->slot).as_id();
  auto found = cache.find(key);
  if (found == cache.end()) {
    if (cache.size() >= within.max_rows)
      return unexpected(errc::limit, "the statement holds more related records than its cap");
    result<schema::record> got = from.get(*at.of, key);
    if (!got) return passed(got);
    const bool seen = !got->empty() && p.guard(j).holds(*got, others);
    if (auto ok = within.keep(seen ? bytes_of(*got) : sizeof(schema::record)); !ok)
      return passed(ok);
    found = cache.emplace(key, seen ? std::move(*got) : schema::record()).first;
  }
  return found->second.empty() ? nullptr : &found->second;
}

}  // namespace detail_run

GUANXI_INLINE result<void> gather(const trimmed_plan& p, record_source& from, const bounds& within,
                                  const row_sink& sink) {
  const plan& what = p.what();
  std::vector<detail_run::record_cache> caches(what.joins.size());
  std::vector<const schema::record*> row(what.joins.size());
  std::vector<value> values(what.sources.size());
  expr::pace pace = within.pace();
  detail_run::source_relatives others(from, within);
  for (std::size_t j = 0; j < row.size(); ++j)
    if (auto ok = others.prepare(p.guard(j)); !ok) return ok;
  const auto each = [&](const schema::record& root) -> result<bool> {
    if (pace.due(expr::pace::stride / 256))
      if (auto ok = pace.ask(); !ok) return passed(ok);
    if (!p.guard(0).holds(root, others)) {
      if (auto ok = others.done(); !ok) return passed(ok);
      return true;
    }
    row[0] = &root;
    for (std::size_t j = 1; j < row.size(); ++j) {
      const std::size_t known = caches[j].size();
      auto parent = detail_run::parent_of(p, j, row, from, caches[j], others, within);
      if (!parent) return passed(parent);
      row[j] = *parent;
      // Another look-up in the store is as much as several rows.
      if (caches[j].size() > known && pace.due(expr::pace::stride / 64))
        if (auto ok = pace.ask(); !ok) return passed(ok);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const schema::record* at = row[what.sources[i].join];
      values[i] = at ? at->at(what.sources[i].slot) : value();
    }
    return sink(values);
  };
  if (auto ok = from.scan(what.paths.root(), what.standing, each); !ok) return ok;
  return others.done();
}

struct engine::state {
  using accumulators = std::vector<expr::accumulator>;

  const plan& what;
  residue left;
  bounds within;
  expr::pace pace = within.pace();
  arrangement all{what, within};
  std::unordered_map<std::vector<value>, accumulators, values_hash> groups = {};
  std::vector<accumulators*> into = {};  ///< the groups of the row at hand

  expr::inputs inputs(std::span<const value> paths) {
    return {.paths = paths, .columns = {}, .text = within.text, .pace = &pace};
  }
  /// After a row, or so many groups.
  result<void> step(std::size_t steps = 1) {
    constexpr std::size_t row = expr::pace::stride / 256;
    return pace.due(row * steps) ? pace.ask() : result<void>();
  }
  accumulators fresh_group() const;
  result<void> find_group(std::vector<value> key);
  result<void> find_groups(const expr::inputs& from);
  result<void> add_to_groups(std::span<const value> paths);
  result<void> close_groups();
};

GUANXI_INLINE engine::engine(const plan& p, residue left, bounds within)
    : state_(new state{p, std::move(left), std::move(within)}) {}
GUANXI_INLINE engine::~engine() = default;

GUANXI_INLINE engine::state::accumulators engine::state::fresh_group() const {
  accumulators out;
  for (const aggregate& a : what.aggregates) {
    const expr::type argument = a.argument.empty() ? expr::type{} : a.argument.top().type;
    out.emplace_back(a.fn, a.distinct, argument, a.type.scale, fraction_of(a));
  }
  return out;
}

GUANXI_INLINE result<void> engine::state::find_group(std::vector<value> key) {
  auto found = groups.find(key);
  if (found == groups.end()) {
    if (groups.size() >= within.max_rows)
      return unexpected(errc::limit, "the statement has more groups than its cap");
    constexpr std::size_t place = 64;  // in the table
    const std::size_t bytes =
        bytes_of(key) + what.aggregates.size() * sizeof(expr::accumulator) + place;
    if (auto ok = within.keep(bytes); !ok) return ok;
    found = groups.emplace(std::move(key), fresh_group()).first;
  }
  into.push_back(&found->second);
  return {};
}

/// A row goes into a group of each grouping set.
GUANXI_INLINE result<void> engine::state::find_groups(const expr::inputs& from) {
  std::vector<value> key;
  for (const expr::expression& e : what.keys) {
    result<value> v = expr::evaluate(e, from);
    if (!v) return passed(v);
    key.push_back(std::move(*v));
  }
  into.clear();
  if (what.sets.empty()) return find_group(std::move(key));
  if (auto ok = step(what.sets.size()); !ok) return ok;
  for (const grouping_set& set : what.sets) {
    std::vector<value> own = key;
    for (std::size_t k = 0; k < own.size(); ++k)
      if (set[k]) own[k] = *set[k];
    if (auto ok = find_group(std::move(own)); !ok) return ok;
  }
  return {};
}

GUANXI_INLINE result<void> engine::state::add_to_groups(std::span<const value> paths) {
  const expr::inputs from = inputs(paths);
  if (auto ok = find_groups(from); !ok) return ok;
  std::vector<value> by;
  for (std::size_t i = 0; i < what.aggregates.size(); ++i) {
    const aggregate& a = what.aggregates[i];
    if (!a.filter.empty()) {
      result<bool> in = expr::holds(a.filter, from);
      if (!in) return passed(in);
      if (!*in) continue;
    }
    result<value> v =
        a.argument.empty() ? result<value>(value(true)) : expr::evaluate(a.argument, from);
    if (!v) return passed(v);
    by.clear();
    if (expr::goes_by(a.fn))
      for (const expr::expression& e : a.by) {
        result<value> key = expr::evaluate(e, from);
        if (!key) return passed(key);
        by.push_back(std::move(*key));
      }
    // Of an argument that is only ever null, too; the accumulator would take it for none.
    else if (v->is_null()) continue;
    for (accumulators* group : into) {
      const std::size_t before = (*group)[i].held();
      if (auto ok = (*group)[i].add(*v, by); !ok) return ok;
      const std::size_t after = (*group)[i].held();
      if (after < before) within.let_go(before - after);
      else if (after > before)
        if (auto ok = within.keep(after - before); !ok) return ok;
    }
  }
  return {};
}

GUANXI_INLINE result<bool> engine::take(std::span<const value> paths) {
  state& s = *state_;
  if (auto ok = s.step(); !ok) return passed(ok);
  const expr::inputs from = s.inputs(paths);
  for (std::size_t i = 0; i < s.what.filters.size(); ++i) {
    if (!s.left.filters[i]) continue;
    result<bool> in = expr::holds(s.what.filters[i], from);
    if (!in) return in;
    if (!*in) return true;
  }
  if (auto ok = s.what.grouped ? s.add_to_groups(paths) : s.all.add_row(paths); !ok)
    return passed(ok);
  return true;
}

GUANXI_INLINE result<void> engine::state::close_groups() {
  // Without keys there is one group, even of no rows.
  if (what.keys.empty()) groups.try_emplace(std::vector<value>(), fresh_group());
  for (const grouping_set& set : what.sets) {
    std::vector<value> key;
    for (const std::optional<value>& fixed : set)
      if (fixed) key.push_back(*fixed);
    if (key.size() == set.size()) groups.try_emplace(std::move(key), fresh_group());
  }
  for (auto& [key, group] : groups) {
    if (auto ok = step(); !ok) return ok;
    std::vector<value> columns = key;
    for (const expr::accumulator& a : group) {
      result<value> v = a.finish();
      if (!v) return passed(v);
      columns.push_back(std::move(*v));
    }
    if (auto ok = all.add_group(columns); !ok) return ok;
  }
  return {};
}

GUANXI_INLINE result<rows> engine::finish() {
  state& s = *state_;
  if (s.what.grouped)
    if (auto ok = s.close_groups(); !ok) return passed(ok);
  rows out(s.what.columns, s.what.catalog);
  if (auto ok = s.all.finish(out); !ok) return passed(ok);
  return out;
}

}  // namespace guanxi::query
