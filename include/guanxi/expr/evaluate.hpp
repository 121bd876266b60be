// The first interpreter: an expression over the values of its paths. Pure; no I/O.
//
//   value v = evaluate(e, {.paths = values, .text = services}).value();
//
// Null rules: comparison, arithmetic, like and in give null for a null operand; `false and null`
// is false, `true or null` is true; a null member of an `in` list does not match and does not make
// the answer unknown; x / 0 is null; coalesce, nullif, if and is null are total; concat treats
// null as no text; an amount to convert that is null is null. Text compares by code point.
// Overflow is errc::overflow. `and` and `or` run from left to right and stop where the answer is
// known; an error in an operand that could not change the answer may also go unreported by a
// store. emit_sql.hpp is the second interpreter, and a shared property test holds them equal.
#pragma once

#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/bind.hpp"
#include "guanxi/expr/pace.hpp"

#include <span>

namespace guanxi::expr {

struct inputs {
  std::span<const value> paths = {};     ///< by path_table index
  std::span<const value> columns = {};   ///< by op::column index
  const text_services* text = nullptr;
  expr::pace* pace = nullptr;            ///< asked in long work; its error is the evaluation's
};

result<value> evaluate(const expression& e, const inputs& from);
/// Whether a filter holds: true only, neither false nor null.
result<bool> holds(const expression& e, const inputs& from);

/// The pieces that SQL functions share with the evaluator, so that both interpreters run the same
/// arithmetic. Each takes and gives values, null rules included.
result<value> arithmetic(op what, const value& a, const value& b, int scale);
bool like(std::string_view folded_text, std::string_view folded_pattern) noexcept;
/// The same; a long search asks its pace.
result<bool> like(std::string_view folded_text, std::string_view folded_pattern, pace* by);
/// lower, upper, search and relevance use the services, the others may be given any.
result<value> call(function fn, std::string_view unit, std::span<const value> arguments, int scale,
                   const text_services& text, const calendar* by = nullptr);
/// convert of the amount, the currency wanted, the date or instant of the rate and the amount's
/// currency; `by`: null for days of UTC. An amount without a rate is null if `or_null`.
result<value> convert(std::span<const value, 4> arguments, int scale, const exchange_rates& rates,
                      const calendar* by, bool or_null);

/// What search and relevance give. Errors: errc::unsupported (null: the services do not search).
result<value> found(function fn, std::span<const std::string_view> texts,
                    const search_words* sought);

/// Order of two values that compare: numbers by value whatever their scales, ids with integers.
std::strong_ordering compare_values(const value& a, const value& b) noexcept;

/// Aggregation with 128-bit sums; rows whose argument is null do not count, but first and last
/// leave out only rows with a null among their keys. count() has no argument: its type is null,
/// and every add counts.
class accumulator {
 public:
  /// `fraction`: of percentile.
  accumulator(function fn, bool distinct, type argument, int scale, decimal fraction = {5, 1});
  /// `by`: the keys of first and last; of rows with equal keys the one added first stays.
  result<void> add(const value& v, std::span<const value> by = {});
  /// Bytes that grow with the rows: of distinct values, and of medians and percentiles.
  std::size_t held() const noexcept {
    return held_ + numbers_.size() * sizeof(std::int64_t);
  }
  /// Of nothing null; count is 0.
  result<value> finish() const;

 private:
  function fn_;
  bool distinct_;
  type argument_;
  int scale_;
  decimal fraction_;
  std::int64_t count_ = 0;
  wide sum_ = 0;
  value best_;
  std::vector<value> kept_;            ///< distinct: sorted and single up to `settled_`; by: keys
  std::vector<std::int64_t> numbers_;  ///< median, percentile: all
  std::size_t settled_ = 0, held_ = 0;

  void choose(const value& v, std::span<const value> by);
};

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/accumulator-inl.hpp"
#include "guanxi/expr/evaluate-inl.hpp"
#include "guanxi/expr/fold-inl.hpp"
#include "guanxi/expr/functions-inl.hpp"
#endif
