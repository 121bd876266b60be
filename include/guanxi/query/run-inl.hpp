#pragma once

#include "guanxi/query/precedence.hpp"
#include "guanxi/query/run.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::query {

GUANXI_INLINE result<void> bounds::check() const {
  if (interrupted && interrupted->load(std::memory_order_relaxed))
    return unexpected(errc::interrupted, "the call was interrupted");
  if (deadline && clock && clock->now() > *deadline)
    return unexpected(errc::limit, "the statement ran past its deadline");
  return {};
}

namespace detail_run {

using record_cache = std::unordered_map<id, schema::record>;

/// The record of a join for one root record, or nullptr if there is none within reach.
inline result<const schema::record*> parent_of(const trimmed_plan& p, std::size_t j,
                                               const std::vector<const schema::record*>& row,
                                               record_source& from, record_cache& cache,
                                               const bounds& within) {
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
    const bool seen = !got->empty() && p.guard(j).holds(*got);
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
  std::size_t seen = 0;
  const auto each = [&](const schema::record& root) -> result<bool> {
    if (seen++ % 256 == 0)
      if (auto ok = within.check(); !ok) return passed(ok);
    if (!p.guard(0).holds(root)) return true;
    row[0] = &root;
    for (std::size_t j = 1; j < row.size(); ++j) {
      auto parent = detail_run::parent_of(p, j, row, from, caches[j], within);
      if (!parent) return passed(parent);
      row[j] = *parent;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const schema::record* at = row[what.sources[i].join];
      values[i] = at ? at->at(what.sources[i].slot) : value();
    }
    return sink(values);
  };
  return from.scan(what.paths.root(), what.standing, each);
}

GUANXI_INLINE result<void> check_currencies(const plan& p, std::span<const value> columns) {
  for (const currency_check& check : p.checks) {
    const value* known = nullptr;
    for (std::uint32_t c : check.columns) {
      const value& v = columns[c];
      if (v.is_null()) continue;
      if (known && !(*known == v))
        return unexpected(errc::mixed_currency,
                          "`" + check.what + "` meets amounts in " + std::string(known->as_text()) +
                              " and " + std::string(v.as_text()) +
                              "; group by the currency or filter on one");
      known = &v;
    }
  }
  return {};
}

struct engine::state {
  struct row {
    std::vector<value> outputs, order;
  };
  struct key_hash {
    std::size_t operator()(const std::vector<value>& key) const noexcept {
      std::size_t h = 1469598103934665603ULL;
      for (const value& v : key) h = (h ^ hash(v)) * 1099511628211ULL;
      return h;
    }
  };

  const plan& what;
  residue left;
  bounds within;
  std::vector<row> kept;
  std::unordered_map<std::vector<value>, std::vector<expr::accumulator>, key_hash> groups;
  std::size_t taken = 0;

  expr::inputs inputs(std::span<const value> paths, std::span<const value> columns) const {
    return {.paths = paths, .columns = columns, .text = within.text};
  }
  std::vector<expr::accumulator> fresh_group() const;
  result<void> add_to_group(std::span<const value> paths);
  result<void> keep(std::span<const value> paths, std::span<const value> columns);
  bool before(const row& a, const row& b) const {
    return query::before(what.order, a.order, b.order);
  }
  std::optional<std::size_t> wanted() const;
  result<void> close_groups();
};

GUANXI_INLINE engine::engine(const plan& p, residue left, bounds within)
    : state_(new state{p, std::move(left), std::move(within), {}, {}, 0}) {}
GUANXI_INLINE engine::~engine() = default;

GUANXI_INLINE std::vector<expr::accumulator> engine::state::fresh_group() const {
  std::vector<expr::accumulator> out;
  for (const aggregate& a : what.aggregates) {
    const expr::type argument = a.argument.empty() ? expr::type{} : a.argument.top().type;
    out.emplace_back(a.fn, a.distinct, argument, a.type.scale);
  }
  return out;
}

GUANXI_INLINE result<void> engine::state::add_to_group(std::span<const value> paths) {
  const expr::inputs from = inputs(paths, {});
  std::vector<value> key;
  for (const expr::expression& e : what.keys) {
    result<value> v = expr::evaluate(e, from);
    if (!v) return passed(v);
    key.push_back(std::move(*v));
  }
  auto found = groups.find(key);
  if (found == groups.end()) {
    if (groups.size() >= within.max_rows)
      return unexpected(errc::limit, "the statement has more groups than its cap");
    found = groups.emplace(std::move(key), fresh_group()).first;
  }
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
    // Of an argument that is only ever null, too; the accumulator would take it for none.
    if (v->is_null()) continue;
    if (auto ok = found->second[i].add(*v); !ok) return ok;
  }
  return {};
}

/// How many of the best rows matter at all.
GUANXI_INLINE std::optional<std::size_t> engine::state::wanted() const {
  if (!what.limit) return std::nullopt;
  const auto skip = static_cast<std::size_t>(what.offset.value_or(0));
  const auto most = static_cast<std::size_t>(*what.limit);
  return most > within.max_rows || skip > within.max_rows ? std::nullopt
                                                          : std::optional(most + skip);
}

GUANXI_INLINE result<void> engine::state::keep(std::span<const value> paths,
                                               std::span<const value> columns) {
  const expr::inputs from = inputs(paths, columns);
  row r;
  for (const expr::expression& e : what.outputs) {
    result<value> v = expr::evaluate(e, from);
    if (!v) return passed(v);
    r.outputs.push_back(std::move(*v));
  }
  for (const order_key& k : what.order) {
    result<value> v = expr::evaluate(k.by, from);
    if (!v) return passed(v);
    r.order.push_back(std::move(*v));
  }
  kept.push_back(std::move(r));
  const auto most = wanted();
  if (most && kept.size() >= 2 * *most + 1024) {
    const auto cut = kept.begin() + static_cast<std::ptrdiff_t>(*most);
    std::nth_element(kept.begin(), cut, kept.end(),
                     [this](const row& a, const row& b) { return before(a, b); });
    kept.erase(cut, kept.end());
  }
  if (kept.size() > within.max_rows)
    return unexpected(errc::limit, "the answer has more rows than its cap of " +
                                       std::to_string(within.max_rows));
  return {};
}

GUANXI_INLINE result<bool> engine::take(std::span<const value> paths) {
  state& s = *state_;
  if (s.taken++ % 256 == 0)
    if (auto ok = s.within.check(); !ok) return passed(ok);
  const expr::inputs from = s.inputs(paths, {});
  for (std::size_t i = 0; i < s.what.filters.size(); ++i) {
    if (!s.left.filters[i]) continue;
    result<bool> in = expr::holds(s.what.filters[i], from);
    if (!in) return in;
    if (!*in) return true;
  }
  if (auto ok = s.what.grouped ? s.add_to_group(paths) : s.keep(paths, {}); !ok) return passed(ok);
  return true;
}

GUANXI_INLINE result<void> engine::state::close_groups() {
  // Without keys there is one group, even of no rows.
  if (what.keys.empty() && groups.empty()) groups.emplace(std::vector<value>(), fresh_group());
  for (auto& [key, accumulators] : groups) {
    std::vector<value> columns = key;
    for (const expr::accumulator& a : accumulators) {
      result<value> v = a.finish();
      if (!v) return passed(v);
      columns.push_back(std::move(*v));
    }
    if (auto ok = check_currencies(what, columns); !ok) return ok;
    if (!what.having.empty()) {
      result<bool> in = expr::holds(what.having, inputs({}, columns));
      if (!in) return passed(in);
      if (!*in) continue;
    }
    if (auto ok = keep({}, columns); !ok) return ok;
  }
  return {};
}

GUANXI_INLINE result<rows> engine::finish() {
  state& s = *state_;
  if (s.what.grouped)
    if (auto ok = s.close_groups(); !ok) return passed(ok);
  std::sort(s.kept.begin(), s.kept.end(),
            [&s](const state::row& a, const state::row& b) { return s.before(a, b); });
  rows out(s.what.columns, s.what.catalog);
  const auto skip = static_cast<std::size_t>(s.what.offset.value_or(0));
  for (std::size_t i = skip; i < s.kept.size(); ++i) {
    if (s.what.limit && i - skip >= static_cast<std::size_t>(*s.what.limit)) break;
    out.append(s.kept[i].outputs);
  }
  return out;
}

}  // namespace guanxi::query
