#pragma once

#include "guanxi/expr/total.hpp"
#include "guanxi/query/arrange.hpp"
#include "guanxi/query/precedence.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace guanxi::query {

GUANXI_INLINE result<void> check_currencies(const plan& p, std::span<const value> columns) {
  for (const currency_check& check : p.checks) {
    const value* known = nullptr;
    for (std::uint32_t c : check.columns) {
      const value& v = columns[c];
      if (v.is_null()) continue;
      if (known && !(*known == v))
        return unexpected(errc::mixed_currency,
                          in_backticks(check.what) + " meets amounts in " +
                              std::string(known->as_text()) + " and " + std::string(v.as_text()) +
                              "; `convert` them to one currency, group by the currency or filter "
                              "on one");
      known = &v;
    }
  }
  return {};
}

GUANXI_INLINE arrangement::arrangement(const plan& p, const bounds& within)
    : what_(p), within_(within), pace_(within.pace()) {}

GUANXI_INLINE bool arrangement::before(const row& a, const row& b) const {
  return query::before(what_.order, a.order, b.order);
}

/// How many of the best rows matter at all.
GUANXI_INLINE std::optional<std::size_t> arrangement::wanted() const {
  if (!what_.limit || !what_.per.empty() || !what_.windows.empty()) return std::nullopt;
  const auto skip = static_cast<std::size_t>(what_.offset.value_or(0));
  const auto most = static_cast<std::size_t>(*what_.limit);
  return most > within_.max_rows || skip > within_.max_rows ? std::nullopt
                                                            : std::optional(most + skip);
}

GUANXI_INLINE result<void> arrangement::evaluate(const expr::inputs& from, row& r) {
  if (auto ok = step(what_.outputs.size()); !ok) return ok;
  for (const expr::expression& e : what_.outputs) {
    result<value> v = expr::evaluate(e, from);
    if (!v) return passed(v);
    r.outputs.push_back(std::move(*v));
  }
  for (const expr::expression& e : what_.per) {
    result<value> v = expr::evaluate(e, from);
    if (!v) return passed(v);
    r.per.push_back(std::move(*v));
  }
  return {};
}

GUANXI_INLINE result<void> arrangement::place(const expr::inputs& from, row& r) const {
  for (const order_key& k : what_.order) {
    result<value> v = expr::evaluate(k.by, from);
    if (!v) return passed(v);
    r.order.push_back(std::move(*v));
  }
  return {};
}

GUANXI_INLINE std::size_t arrangement::bytes_of(const row& r) noexcept {
  std::size_t out = sizeof(row);
  for (const std::vector<value>* part : {&r.outputs, &r.order, &r.per, &r.columns})
    if (!part->empty()) out += query::bytes_of(*part);
  return out;
}

GUANXI_INLINE result<void> arrangement::keep(row r) {
  if (auto ok = within_.keep(bytes_of(r)); !ok) return ok;
  kept_.push_back(std::move(r));
  const auto most = wanted();
  if (most && kept_.size() >= 2 * *most + 1024) {
    const auto cut = kept_.begin() + static_cast<std::ptrdiff_t>(*most);
    std::nth_element(kept_.begin(), cut, kept_.end(),
                     [this](const row& a, const row& b) { return before(a, b); });
    for (auto gone = cut; gone != kept_.end(); ++gone) within_.let_go(bytes_of(*gone));
    kept_.erase(cut, kept_.end());
  }
  // Where a limit cuts them, there are never many at a time.
  if (!most && kept_.size() > within_.max_rows)
    return unexpected(errc::limit, "the answer has more rows than its cap of " +
                                       std::to_string(within_.max_rows));
  return {};
}

GUANXI_INLINE result<void> arrangement::keep(std::span<const value> paths,
                                             std::span<const value> columns) {
  const expr::inputs from = inputs(paths, columns);
  row r;
  if (auto ok = evaluate(from, r); !ok) return ok;
  if (auto ok = place(from, r); !ok) return ok;
  return keep(std::move(r));
}

GUANXI_INLINE result<void> arrangement::add_group(std::span<const value> columns) {
  if (!what_.fill) return complete(columns);
  groups_.emplace_back(columns.begin(), columns.end());
  return {};
}

/// What the periods are called that a filled answer has, the first one first.
GUANXI_INLINE result<std::vector<value>> arrangement::periods() const {
  const filling& f = *what_.fill;
  std::optional<date> first = f.from, last = f.to;
  const auto day = [&f](const value& v) {
    return v.type() == value_type::date ? v.as_date() : f.calendar->local_date(v.as_instant());
  };
  for (const std::vector<value>& g : groups_) {
    if (f.from || g[f.least].is_null()) continue;
    first = std::min(first.value_or(day(g[f.least])), day(g[f.least]));
    last = std::max(last.value_or(day(g[f.most])), day(g[f.most]));
  }
  std::vector<value> out;
  if (!first) return out;
  for (date d = *first; d <= *last;) {
    if (out.size() % 256 == 0)
      if (auto ok = within_.check(); !ok) return passed(ok);
    if (out.size() >= within_.max_rows) return unexpected(too_many());
    result<std::string> label = f.calendar->label(f.unit, d);
    if (!label) return passed(label);
    out.emplace_back(std::move(*label));
    const result<std::string> end = f.calendar->label(f.unit, *last);
    if (!end || out.back() == value(*end)) break;
    auto next = f.calendar->counterpart(f.unit, d, -1, f.unit);
    if (!next) return passed(next);
    d = (*next)->from;
  }
  return out;
}

/// Adds the groups that no record is in, and goes on with all.
GUANXI_INLINE result<void> arrangement::fill_gaps() {
  const filling& f = *what_.fill;
  result<std::vector<value>> labels = periods();
  if (!labels) return passed(labels);
  std::unordered_set<std::vector<value>, values_hash> there, others;
  for (const std::vector<value>& g : groups_) {
    std::vector<value> key(g.begin(), g.begin() + static_cast<std::ptrdiff_t>(what_.keys.size()));
    there.insert(key);
    if (f.mark && key[*f.mark] == value(1)) continue;
    key[f.period] = value();
    others.insert(std::move(key));
  }
  // Where the period is the only key, there is something to fill even of no records.
  if (what_.keys.size() == (f.mark ? 2u : 1u)) {
    std::vector<value> key(what_.keys.size());
    if (f.mark) key[*f.mark] = value(0);
    others.insert(std::move(key));
  }
  for (const std::vector<value>& other : others)
    for (const value& label : *labels) {
      std::vector<value> g = other;
      g[f.period] = label;
      if (auto ok = step(g.size()); !ok) return ok;
      if (there.contains(g)) continue;
      if (groups_.size() >= within_.max_rows) return unexpected(too_many());
      for (const aggregate& a : what_.aggregates)
        g.push_back(a.fn == expr::function::count ? value(0) : value());
      if (auto ok = within_.keep(query::bytes_of(g)); !ok) return ok;
      groups_.push_back(std::move(g));
    }
  for (const std::vector<value>& g : std::exchange(groups_, {}))
    if (auto ok = complete(g); !ok) return ok;
  return {};
}

GUANXI_INLINE error arrangement::too_many() const {
  return error(errc::limit, "`fill gaps` makes more groups than the answer's cap of " +
                                std::to_string(within_.max_rows) +
                                "; use longer periods, or bound their date in `where`");
}

GUANXI_INLINE result<void> arrangement::complete(std::span<const value> columns) {
  if (what_.priors.empty() && what_.steps == 0) return settle(columns);
  std::vector<value> all(columns.begin(), columns.end());
  put_priors(all);
  return what_.steps == 0 ? settle(all) : show_steps(std::move(all));
}

/// A funnel's group has a row for each step.
GUANXI_INLINE result<void> arrangement::show_steps(std::vector<value> columns) {
  const std::size_t own = columns.size();
  for (std::uint32_t step = 0; step < what_.steps; ++step) {
    columns.resize(own);
    if (auto ok = this->step(what_.stepped.size()); !ok) return ok;
    for (const stepped_column& c : what_.stepped) {
      if (c.from.empty()) columns.emplace_back(std::int64_t{step} + 1);
      else columns.push_back(c.from[step] ? value(columns[*c.from[step]]) : value());
    }
    if (auto ok = settle(columns); !ok) return ok;
  }
  return {};
}

/// Null where there is no group of that time.
GUANXI_INLINE void arrangement::put_priors(std::vector<value>& columns) const {
  const std::vector<value> keys(columns.begin(),
                                columns.begin() + static_cast<std::ptrdiff_t>(what_.keys.size()));
  for (const prior& p : what_.priors) {
    const std::shared_ptr<const prior_values>& known = what_.earlier[p.reading].values;
    const auto found = known ? known->find(keys) : prior_values::const_iterator();
    const bool there = known && found != known->end();
    columns.push_back(there ? found->second[p.place] : value());
  }
}

GUANXI_INLINE result<void> arrangement::settle(std::span<const value> columns) {
  if (auto ok = check_currencies(what_, columns); !ok) return ok;
  if (!what_.having.empty()) {
    result<bool> in = expr::holds(what_.having, inputs({}, columns));
    if (!in) return passed(in);
    if (!*in) return {};
  }
  if (what_.windows.empty()) return keep({}, columns);
  row r;  // what stands in it is known once all are there
  r.columns.assign(columns.begin(), columns.end());
  return keep(std::move(r));
}

/// Rows of one grouping set have the same marks.
GUANXI_INLINE void arrangement::number_levels() {
  std::map<std::vector<bool>, std::size_t> known;
  std::vector<bool> marks;
  for (row& r : kept_) {
    marks.clear();
    if (!what_.sets.empty())
      for (std::size_t k = 0; k < what_.keys.size(); ++k)
        if (const auto& fixed = what_.sets.front()[k]; fixed && !fixed->is_null())
          marks.push_back(r.columns[k] == value(1));
    r.level = known.emplace(marks, known.size()).first->second;
  }
  sums_.assign(what_.windows.size(), std::vector<sum>(known.size()));
}

/// Puts the window's argument into the row, as a column, and adds it to its sum.
GUANXI_INLINE result<void> arrangement::add_up(std::size_t window, row& r) {
  const query::window& w = what_.windows[window];
  sum& s = sum_of(window, r);
  for (std::uint32_t check : w.checks)
    for (std::uint32_t c : what_.checks[check].columns) {
      const value& v = r.columns[c];
      if (v.is_null() || s.currency == v) continue;
      if (!s.currency.is_null())
        return unexpected(errc::mixed_currency, in_backticks(w.what) + " meets amounts in " +
                                                    std::string(s.currency.as_text()) + " and " +
                                                    std::string(v.as_text()) +
                                                    "; `convert` them to one or filter on one");
      s.currency = v;
    }
  result<value> v = expr::evaluate(w.argument, inputs({}, r.columns));
  if (!v) return passed(v);
  if (v->is_null()) {
    r.columns.emplace_back();
    return {};
  }
  const expr::type& t = w.argument.top().type;
  result<decimal> x = rescale(v->number(), t.base == value_type::decimal ? t.scale : 0);
  if (!x) return passed(x);
  s.all += x->coefficient;
  ++s.count;
  r.columns.emplace_back(*x);
  return {};
}

GUANXI_INLINE result<value> arrangement::share_of(std::size_t window, const row& r) {
  const query::window& w = what_.windows[window];
  const value& part = r.columns[first_window(what_) + window];
  const wide whole = sum_of(window, r).all;
  if (part.is_null() || whole == 0) return value();
  const auto out = divided(part.number().coefficient, 0, whole, 0, w.type.scale);
  if (!out) return unexpected(errc::overflow, "the result of `share` does not fit in 64 bits");
  return value(decimal{*out, w.type.scale});
}

/// The keys of a row with period 0 in the place of its own; a total over periods has none.
GUANXI_INLINE std::vector<value> arrangement::cohort_of(std::size_t window, const row& r) const {
  const auto keys = static_cast<std::ptrdiff_t>(what_.keys.size());
  std::vector<value> out(r.columns.begin(), r.columns.begin() + keys);
  out[what_.windows[window].age] = value(0);
  if (what_.steps > 0) out.push_back(r.columns[first_stepped(what_)]);
  return out;
}

/// Puts a row's x over that of its cohort's period 0 in the place of x.
GUANXI_INLINE result<void> arrangement::retain(std::size_t window) {
  const query::window& w = what_.windows[window];
  const std::size_t at = first_window(what_) + window;
  std::unordered_map<std::vector<value>, value, values_hash> begun;
  for (const row& r : kept_)
    if (r.columns[w.age] == value(0)) begun.emplace(cohort_of(window, r), r.columns[at]);
  for (row& r : kept_) {
    const auto found = begun.find(cohort_of(window, r));
    const value x = std::exchange(r.columns[at], value());
    if (x.is_null() || found == begun.end() || r.columns[w.age].is_null()) continue;
    result<value> v = expr::arithmetic(expr::op::divide, x, found->second, w.type.scale);
    if (!v) return passed(v);
    r.columns[at] = std::move(*v);
  }
  return {};
}

/// Adds up what windows see, and puts shares in their places.
GUANXI_INLINE result<void> arrangement::share_out() {
  number_levels();
  for (row& r : kept_) {
    if (auto ok = step(); !ok) return ok;
    for (std::size_t w = 0; w < what_.windows.size(); ++w)
      if (auto ok = add_up(w, r); !ok) return ok;
  }
  const std::size_t first = first_window(what_);
  for (std::size_t w = 0; w < what_.windows.size(); ++w)
    if (what_.windows[w].fn == expr::function::retention)
      if (auto ok = retain(w); !ok) return ok;
  for (row& r : kept_) {
    if (auto ok = step(); !ok) return ok;
    for (std::size_t w = 0; w < what_.windows.size(); ++w) {
      if (what_.windows[w].fn != expr::function::share) continue;
      result<value> v = share_of(w, r);
      if (!v) return passed(v);
      r.columns[first + w] = std::move(*v);
    }
    if (auto ok = place(inputs({}, r.columns), r); !ok) return ok;
  }
  return {};
}

/// Sums along the order, and what stands in each row at last.
GUANXI_INLINE result<void> arrangement::run_on() {
  for (std::vector<sum>& of_window : sums_) std::fill(of_window.begin(), of_window.end(), sum());
  const std::size_t first = first_window(what_);
  for (row& r : kept_) {
    if (auto ok = step(); !ok) return ok;
    for (std::size_t w = 0; w < what_.windows.size(); ++w) {
      const query::window& window = what_.windows[w];
      if (window.fn != expr::function::running_sum) continue;
      value& at = r.columns[first + w];
      sum& s = sum_of(w, r);
      if (!at.is_null()) {
        s.all += at.number().coefficient;
        ++s.count;
      }
      result<value> v = expr::total(window.fn, window.argument.top().type, window.type.scale,
                                    s.all, s.count);
      if (!v) return passed(v);
      at = std::move(*v);
    }
    if (auto ok = evaluate(inputs({}, r.columns), r); !ok) return ok;
  }
  return {};
}

GUANXI_INLINE result<void> arrangement::finish(rows& into) {
  if (what_.fill)
    if (auto ok = fill_gaps(); !ok) return ok;
  const bool windows = !what_.windows.empty();
  if (windows)
    if (auto ok = share_out(); !ok) return ok;
  const auto earlier = [this](const row& a, const row& b) { return before(a, b); };
  if (auto ok = sort(kept_, earlier, pace_); !ok) return ok;
  if (windows)
    if (auto ok = run_on(); !ok) return ok;
  std::unordered_map<std::vector<value>, std::int64_t, values_hash> shown;
  const std::int64_t skip = what_.offset.value_or(0);
  std::int64_t taken = 0;
  for (row& r : kept_) {
    if (auto ok = step(1 + what_.outputs.size()); !ok) return ok;
    if (!what_.per.empty() && ++shown[r.per] > what_.most_per) continue;
    if (taken++ < skip) continue;
    if (what_.limit && taken - skip > *what_.limit) break;
    if (auto ok = within_.keep(query::bytes_of(r.outputs)); !ok) return ok;
    into.append(r.outputs);
  }
  return {};
}

}  // namespace guanxi::query
