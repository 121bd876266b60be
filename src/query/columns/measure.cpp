#include "measure.hpp"

#include "guanxi/expr/same.hpp"
#include "guanxi/expr/total.hpp"

#include <algorithm>

namespace guanxi::query::columns {

using expr::function;
using expr::same;

namespace {

bool is_extreme(function fn) noexcept { return fn == function::min || fn == function::max; }

/// filter and argument is not null, as the rows that an aggregate counts.
expr::expression counted_rows(const aggregate& a) {
  if (a.argument.empty()) return a.filter;
  expr::expression out = expr::subtree(a.argument, a.argument.root);
  expr::node there;
  there.what = expr::op::is_not_null;
  there.type.base = value_type::boolean;
  there.children = {out.root};
  out.root = out.add(std::move(there));
  if (a.filter.empty()) return out;
  expr::node both;
  both.what = expr::op::logical_and;
  both.type.base = value_type::boolean;
  both.children = {expr::graft(a.filter, a.filter.root, out), out.root};
  out.root = out.add(std::move(both));
  return out;
}

/// count(x) and count(): a condition says which rows count.
class tally final : public measure {
 public:
  tally(frame& in, const aggregate& a, std::size_t expected_rows)
      : measure(a), counted_(counted_rows(a)),
        counts_(in, in.formula_of(counted_), expected_rows) {}

  void grow(std::size_t groups) override { groups_.resize(groups); }
  std::optional<value> result(const aggregate&, std::size_t group) override {
    return value(groups_[group]);
  }

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override {
    truths_.resize(rows.count);
    counts_.decide(in, rows, truths_.data());
    for (std::size_t i = 0; i < rows.count; ++i)
      groups_[groups[i]] += truths_[i] == static_cast<std::uint8_t>(truth::yes);
  }
  void add(frame& in, const root_row& at, std::uint32_t group) override {
    groups_[group] += counts_.holds(in, at);
  }

 private:
  expr::expression counted_;
  condition counts_;
  std::vector<std::int64_t> groups_;
  std::vector<std::uint8_t> truths_;
};

/// min and max of what integers stand for.
class integer_extremes final : public measure {
 public:
  integer_extremes(frame& in, const aggregate& a, std::size_t expected_rows)
      : measure(in, a, expected_rows), lane_(in, in.formula_of(a.argument), expected_rows) {}

  void grow(std::size_t groups) override { groups_.resize(groups); }
  std::optional<value> result(const aggregate& a, std::size_t group) override {
    const pair& p = groups_[group];
    if (p.low > p.high) return value();
    return lane_.as_value(a.fn == function::min ? p.low : p.high);
  }

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override {
    values_.resize(rows.count);
    present_.resize(rows.count);
    lane_.read(in, rows, values_.data(), present_.data());
    for (std::size_t i = 0; i < rows.count; ++i)
      if (present_[i] == 1) put(groups[i], values_[i]);
  }
  void add(frame& in, const root_row& at, std::uint32_t group) override {
    if (const auto x = lane_.read(in, at)) put(group, *x);
  }

 private:
  struct pair {
    std::int64_t low = std::numeric_limits<std::int64_t>::max();
    std::int64_t high = std::numeric_limits<std::int64_t>::min();
  };
  integer_lane lane_;
  std::vector<pair> groups_;
  std::vector<std::int64_t> values_;
  std::vector<std::uint8_t> present_;

  void put(std::size_t group, std::int64_t x) {
    pair& p = groups_[group];
    p.low = std::min(p.low, x);
    p.high = std::max(p.high, x);
  }
};

class distinct_values final : public measure {
 public:
  distinct_values(frame& in, const aggregate& a, std::size_t expected_rows)
      : measure(in, a, expected_rows), lane_(in, in.formula_of(a.argument), expected_rows) {}

  void grow(std::size_t groups) override { groups_.resize(groups); }
  std::optional<value> result(const aggregate&, std::size_t group) override {
    return value(groups_[group]);
  }
  std::size_t held() const override { return met_.held() + lane_.known().held(); }

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override {
    numbers_.resize(rows.count);
    lane_.read(in, rows, numbers_.data());
    if (in.failed()) return;
    for (std::size_t i = 0; i < rows.count; ++i) put(groups[i], numbers_[i]);
  }
  void add(frame& in, const root_row& at, std::uint32_t group) override {
    put(group, lane_.read(in, at));
  }

 private:
  number_lane lane_;
  pair_numbers met_;
  std::vector<std::int64_t> groups_;
  std::vector<std::uint32_t> numbers_;

  void put(std::uint32_t group, std::uint32_t number) {
    if (number == 0) return;
    const std::size_t before = met_.size();
    if (met_.of(group, number) == before) ++groups_[group];
  }
};

bool is_percentile(function fn) noexcept {
  return fn == function::median || fn == function::percentile;
}

/// median, and percentiles of any fraction.
class percentiles final : public measure {
 public:
  percentiles(frame& in, const aggregate& a, std::size_t expected_rows)
      : measure(in, a, expected_rows), lane_(in, in.formula_of(a.argument), expected_rows) {}

  bool serves(const aggregate& a) const override {
    return is_percentile(a.fn) && same(a.argument, of_.argument) && same(a.filter, of_.filter);
  }
  void grow(std::size_t groups) override { groups_.resize(groups); }
  std::optional<value> result(const aggregate& a, std::size_t group) override {
    auto out = expr::percentile(a.fn, fraction_of(a), a.argument.top().type, a.type.scale,
                                groups_[group]);
    return out ? std::optional(std::move(*out)) : std::nullopt;
  }
  std::size_t held() const override { return values_kept_ * sizeof(std::int64_t); }

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override {
    values_.resize(rows.count);
    present_.resize(rows.count);
    lane_.read(in, rows, values_.data(), present_.data());
    for (std::size_t i = 0; i < rows.count; ++i)
      if (present_[i] == 1) groups_[groups[i]].push_back(values_[i]);
    values_kept_ += rows.count;
  }
  void add(frame& in, const root_row& at, std::uint32_t group) override {
    if (const auto x = lane_.read(in, at)) groups_[group].push_back(*x);
    ++values_kept_;
  }

 private:
  integer_lane lane_;
  std::size_t values_kept_ = 0;  // at most
  std::vector<std::vector<std::int64_t>> groups_;
  std::vector<std::int64_t> values_;
  std::vector<std::uint8_t> present_;
};

/// A key that rows go by, as an integer that compares or the number of a text.
class ordering_lane {
 public:
  ordering_lane(frame& in, const expr::expression& e, std::size_t expected_rows) {
    if (e.top().type.base == value_type::text)
      texts_ = std::make_unique<number_lane>(in, in.formula_of(e), expected_rows);
    else
      integers_ = std::make_unique<integer_lane>(in, in.formula_of(e), expected_rows);
  }

  void read(frame& in, const selection& rows) {
    values_.resize(rows.count);
    present_.resize(rows.count);
    if (integers_) return integers_->read(in, rows, values_.data(), present_.data());
    numbers_.resize(rows.count);
    texts_->read(in, rows, numbers_.data());
    for (std::size_t i = 0; i < rows.count; ++i) {
      values_[i] = numbers_[i];
      present_[i] = numbers_[i] != 0;
    }
  }
  void read(frame& in, const root_row& at) {
    std::optional<std::int64_t> x;
    if (integers_) x = integers_->read(in, at);
    else if (const std::uint32_t number = texts_->read(in, at)) x = number;
    values_.assign(1, x.value_or(0));
    present_.assign(1, x.has_value());
  }
  bool is_null(std::size_t i) const noexcept { return present_[i] != 1; }
  std::int64_t at(std::size_t i) const noexcept { return values_[i]; }
  std::strong_ordering compare(std::int64_t a, std::int64_t b) const noexcept {
    if (integers_ || a == b) return a <=> b;
    return order(texts_->known().at(static_cast<std::uint32_t>(a)),
                 texts_->known().at(static_cast<std::uint32_t>(b)));
  }

 private:
  std::unique_ptr<integer_lane> integers_;
  std::unique_ptr<number_lane> texts_;
  std::vector<std::uint32_t> numbers_;
  std::vector<std::int64_t> values_;   ///< of the rows at hand
  std::vector<std::uint8_t> present_;
};

/// first or last.
class chosen_rows final : public measure {
 public:
  chosen_rows(frame& in, const aggregate& a, std::size_t expected_rows)
      : measure(in, a, expected_rows), lane_(in, in.formula_of(a.argument), expected_rows) {
    for (const expr::expression& e : a.by) keys_.emplace_back(in, e, expected_rows);
  }

  bool serves(const aggregate& a) const override {
    return measure::serves(a) && same(a.by, of_.by);
  }
  void grow(std::size_t groups) override {
    numbers_.resize(groups);
    chosen_.resize(groups);
    best_.resize(groups * keys_.size());
  }
  std::optional<value> result(const aggregate&, std::size_t group) override {
    return chosen_[group] ? lane_.known().at(numbers_[group]) : value();
  }

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override {
    room_.resize(rows.count);
    lane_.read(in, rows, room_.data());
    for (ordering_lane& key : keys_) key.read(in, rows);
    if (in.failed()) return;
    for (std::size_t i = 0; i < rows.count; ++i) put(groups[i], i, room_[i]);
  }
  void add(frame& in, const root_row& at, std::uint32_t group) override {
    const std::uint32_t number = lane_.read(in, at);
    for (ordering_lane& key : keys_) key.read(in, at);
    if (!in.failed()) put(group, 0, number);
  }

 private:
  number_lane lane_;
  std::vector<ordering_lane> keys_;
  std::vector<std::uint32_t> numbers_;  ///< by group
  std::vector<std::uint8_t> chosen_;    ///< by group: a row is
  std::vector<std::int64_t> best_;      ///< by group and key
  std::vector<std::uint32_t> room_;

  void put(std::size_t group, std::size_t row, std::uint32_t number) {
    std::int64_t* best = best_.data() + group * keys_.size();
    std::strong_ordering c = std::strong_ordering::equal;
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      if (keys_[k].is_null(row)) return;
      if (c == 0) c = keys_[k].compare(keys_[k].at(row), best[k]);
    }
    if (chosen_[group] && (of_.fn == function::first ? c >= 0 : c <= 0)) return;
    chosen_[group] = 1;
    numbers_[group] = number;
    for (std::size_t k = 0; k < keys_.size(); ++k) best[k] = keys_[k].at(row);
  }
};

}  // namespace

measure::measure(frame& in, const aggregate& a, std::size_t expected_rows) : of_(a) {
  if (!a.filter.empty()) filter_.emplace(in, in.formula_of(a.filter), expected_rows);
}

bool measure::serves(const aggregate& a) const {
  const bool alike = a.fn == of_.fn || (is_extreme(a.fn) && is_extreme(of_.fn));
  return alike && a.distinct == of_.distinct && same(a.argument, of_.argument) &&
         same(a.filter, of_.filter);
}

void measure::take(frame& in, const selection& rows, const std::uint32_t* groups) {
  if (!filter_) return add(in, rows, groups);
  truths_.resize(rows.count);
  rows_.resize(rows.count);
  groups_.resize(rows.count);
  filter_->decide(in, rows, truths_.data());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    rows_[kept] = rows.at(i);
    groups_[kept] = groups[i];
    kept += truths_[i] == static_cast<std::uint8_t>(truth::yes);
  }
  if (kept > 0 && !in.failed()) add(in, {rows_.data(), 0, kept}, groups_.data());
}

void measure::take(frame& in, const root_row& at, std::uint32_t group) {
  if (!filter_ || filter_->holds(in, at)) add(in, at, group);
}

sums::sums(frame& in, const aggregate& a, std::size_t expected_rows)
    : measure(in, a, expected_rows), lane_(in, in.formula_of(a.argument), expected_rows) {
  const auto column = lane_.column();
  // Up to 2^32 rows of codes below 2^32 cannot overflow 64 bits.
  if (column && in.column(*column).code_limit() <= std::uint64_t{1} << 32)
    base_ = in.column(*column).base();
}

bool sums::serves(const aggregate& a) const {
  return (a.fn == function::sum || a.fn == function::avg) && same(a.argument, of_.argument) &&
         same(a.filter, of_.filter);
}

void sums::grow(std::size_t groups) {
  groups_.resize(groups);
  if (!base_ || !rest_.empty()) rest_.resize(groups);
}

void sums::add(frame& in, const selection& rows, const std::uint32_t* groups) {
  if (base_) {
    for_codes(in.column(*lane_.column()), rows,
              [groups, into = groups_.data()](std::size_t i, auto code) {
                into[groups[i]].add(code);
              });
    return;
  }
  values_.resize(rows.count);
  present_.resize(rows.count);
  lane_.read(in, rows, values_.data(), present_.data());
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (present_[i] != 1) continue;
    rest_[groups[i]] += values_[i];
    ++groups_[groups[i]].counts;
  }
}

bool sums::take(frame& in, const selection& rows, const group_part& last,
                const std::uint32_t* before) {
  const cells &keys = in.column(last.slot), &summed = in.column(*lane_.column());
  group_sum* into = groups_.data();
  const std::uint32_t* adds = last.adds.data();
  if (!before)
    return for_codes(keys, summed, rows, [=](std::size_t, auto code, auto x) {
      into[adds[code]].add(x);
    });
  return for_codes(keys, summed, rows, [=](std::size_t i, auto code, auto x) {
    into[before[i] + adds[code]].add(x);
  });
}

void sums::add(frame& in, const root_row& at, std::uint32_t group) {
  const auto x = lane_.read(in, at);
  groups_[group].counts += group_sum::one_row + x.has_value();
  if (!x) return;
  rest_.resize(groups_.size());
  // As one more code, so that result() need not tell them apart.
  rest_[group] += base_ ? wide{*x} - (wide{*base_} - 1) : wide{*x};
}

std::optional<value> sums::result(const aggregate& a, std::size_t group) {
  const group_sum& g = groups_[group];
  wide sum = rest_.empty() ? wide{0} : rest_[group];
  if (base_) sum += wide{g.codes} + wide{g.there()} * (wide{*base_} - 1);
  auto out = expr::total(a.fn, a.argument.top().type, a.type.scale, sum, g.there());
  return out ? std::optional(std::move(*out)) : std::nullopt;
}

named_extremes::named_extremes(frame& in, const aggregate& a, std::size_t expected_rows)
    : measure(in, a, expected_rows), lane_(in, in.formula_of(a.argument), expected_rows),
      filter_is_safe_(!can_fail(a.filter, in.text())) {}

void named_extremes::lean_on(sums& s) {
  if (!counted_ && filter_is_safe_ && same(of_.filter, counted_rows(s.of()))) counted_ = &s;
}

void named_extremes::grow(std::size_t groups) {
  if (!counted_) groups_.resize(groups);
}

void named_extremes::put(std::size_t group, std::uint32_t number) {
  pair& p = groups_[group];
  if (number == 0 || (p.low == number && p.high == number)) return;
  if (p.low == 0) {
    p.low = p.high = number;
    return;
  }
  const value_numbers& known = lane_.known();
  if (order(known.at(number), known.at(p.low)) < 0) p.low = number;
  if (order(known.at(number), known.at(p.high)) > 0) p.high = number;
}

void named_extremes::stop_leaning() {
  groups_.resize(counted_->groups().size());
  if (only_)
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (counted_->groups()[g].there() > 0) put(g, *only_);
  only_.reset();
  counted_ = nullptr;
}

bool named_extremes::leans(frame& in, const selection& rows) {
  if (!counted_) return false;
  const auto only = lane_.only(in, rows);
  if (!only || (only_ && *only_ != *only)) return false;
  only_ = only;
  return true;
}

void named_extremes::take(frame& in, const selection& rows, const std::uint32_t* groups) {
  if (leans(in, rows)) return;
  if (counted_) stop_leaning();
  measure::take(in, rows, groups);
}

void named_extremes::take(frame& in, const root_row& at, std::uint32_t group) {
  if (counted_) stop_leaning();
  measure::take(in, at, group);
}

void named_extremes::add(frame& in, const selection& rows, const std::uint32_t* groups) {
  numbers_.resize(rows.count);
  lane_.read(in, rows, numbers_.data());
  if (in.failed()) return;
  for (std::size_t i = 0; i < rows.count; ++i) put(groups[i], numbers_[i]);
}

void named_extremes::add(frame& in, const root_row& at, std::uint32_t group) {
  put(group, lane_.read(in, at));
}

std::optional<value> named_extremes::result(const aggregate& a, std::size_t group) {
  if (counted_) stop_leaning();
  const pair& p = groups_[group];
  return lane_.known().at(a.fn == function::min ? p.low : p.high);
}

std::unique_ptr<measure> make_measure(frame& in, const aggregate& a, std::size_t expected_rows) {
  switch (a.fn) {
    case function::count:
      if (a.distinct) return std::make_unique<distinct_values>(in, a, expected_rows);
      if (a.argument.empty() && a.filter.empty()) return nullptr;
      return std::make_unique<tally>(in, a, expected_rows);
    case function::min:
    case function::max:
      if (a.argument.top().type.base == value_type::text)
        return std::make_unique<named_extremes>(in, a, expected_rows);
      return std::make_unique<integer_extremes>(in, a, expected_rows);
    case function::median:
    case function::percentile: return std::make_unique<percentiles>(in, a, expected_rows);
    case function::first:
    case function::last: return std::make_unique<chosen_rows>(in, a, expected_rows);
    default: return std::make_unique<sums>(in, a, expected_rows);
  }
}

}  // namespace guanxi::query::columns
