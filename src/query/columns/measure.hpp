// What is kept of each group while rows go by: counts, sums, extremes, values of their own.
//
//   auto m = make_measure(frame, aggregate, expected_rows);
//   m->grow(groups);   m->take(frame, rows, group_of_row);
//   m->result(frame, expr::function::sum, type, group);
//
// Thread rule: one thread.
#pragma once

#include "condition.hpp"
#include "lane.hpp"

namespace guanxi::query::columns {

/// Rows of one group and, where a sum goes over them anyway, that sum: one cache line for all, and
/// one addition for both counts.
struct group_sum {
  static constexpr std::uint64_t one_row = std::uint64_t{1} << 32;
  std::uint64_t codes = 0;    ///< of the column: each is a value less the column's base, plus 1
  std::uint64_t counts = 0;   ///< below one_row: rows that are not null

  std::uint32_t there() const noexcept { return static_cast<std::uint32_t>(counts); }
  std::uint32_t rows() const noexcept { return static_cast<std::uint32_t>(counts >> 32); }
  void add(std::uint64_t code) noexcept {
    codes += code;
    counts += one_row + (code != 0);
  }
};

/// What the codes of a column add to the number of a row's group.
struct group_part {
  std::uint16_t slot = 0;
  std::vector<std::uint32_t> adds;
};

class measure {
 public:
  /// The filter and argument of an aggregate.
  measure(frame& in, const aggregate& a, std::size_t expected_rows);
  virtual ~measure() = default;

  /// Whether it already keeps what an aggregate needs.
  virtual bool serves(const aggregate& a) const;
  virtual void grow(std::size_t groups) = 0;
  /// Rows that passed all filters of the plan, and the group of each.
  virtual void take(frame& in, const selection& rows, const std::uint32_t* groups);
  virtual void take(frame& in, const root_row& at, std::uint32_t group);
  /// The value of an aggregate that it serves; nothing: an error.
  virtual std::optional<value> result(const aggregate& a, std::size_t group) = 0;

  /// Bytes that it keeps beside what a group needs in any case, which is less than group_bytes.
  virtual std::size_t held() const { return 0; }
  static constexpr std::size_t group_bytes = 32;

  const aggregate& of() const noexcept { return of_; }

 protected:
  /// One that looks at the filter by itself.
  explicit measure(const aggregate& a) : of_(a) {}
  /// Rows for which the aggregate's own filter holds.
  virtual void add(frame& in, const selection& rows, const std::uint32_t* groups) = 0;
  virtual void add(frame& in, const root_row& at, std::uint32_t group) = 0;

  const aggregate& of_;

 private:
  std::optional<condition> filter_;
  std::vector<std::uint8_t> truths_;
  std::vector<row_number> rows_;
  std::vector<std::uint32_t> groups_;
};

/// sum and avg. Of a column without a filter it also counts the rows of each group.
class sums final : public measure {
 public:
  sums(frame& in, const aggregate& a, std::size_t expected_rows);
  bool counts_rows() const noexcept { return of_.filter.empty() && base_; }
  std::vector<group_sum>& groups() noexcept { return groups_; }
  /// As take(), for rows whose group is what is `before` and the last part together, or that part
  /// alone. False: not for these rows, and nothing is done.
  bool take(frame& in, const selection& rows, const group_part& last,
            const std::uint32_t* before);
  using measure::take;
  bool serves(const aggregate& a) const override;
  void grow(std::size_t groups) override;
  std::optional<value> result(const aggregate& a, std::size_t group) override;

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override;
  void add(frame& in, const root_row& at, std::uint32_t group) override;

 private:
  integer_lane lane_;
  std::optional<std::int64_t> base_;  ///< of the column: its codes are summed
  std::vector<group_sum> groups_;
  std::vector<wide> rest_;            ///< what is not in `codes`
  std::vector<std::int64_t> values_;
  std::vector<std::uint8_t> present_;
};

/// min and max of texts. While all rows have one value, which is how currencies are, it is enough
/// to know which groups have rows for it: `counted` tells that.
class named_extremes final : public measure {
 public:
  named_extremes(frame& in, const aggregate& a, std::size_t expected_rows);
  /// Takes a sum over just the rows that the filter lets through, and must then be given rows
  /// before the sum is.
  void lean_on(sums& s);

  /// Whether these rows are dealt with by leaning, whatever their groups are.
  bool leans(frame& in, const selection& rows);
  bool leans() const noexcept { return counted_ != nullptr; }
  /// Whether a group's least and greatest are one.
  bool single(std::size_t group) const noexcept {
    return counted_ || groups_[group].low == groups_[group].high;
  }

  void grow(std::size_t groups) override;
  void take(frame& in, const selection& rows, const std::uint32_t* groups) override;
  void take(frame& in, const root_row& at, std::uint32_t group) override;
  std::optional<value> result(const aggregate& a, std::size_t group) override;

 protected:
  void add(frame& in, const selection& rows, const std::uint32_t* groups) override;
  void add(frame& in, const root_row& at, std::uint32_t group) override;

 private:
  struct pair { std::uint32_t low = 0, high = 0; };
  number_lane lane_;
  bool filter_is_safe_;  ///< nothing is lost where the sum's filter stands for it
  sums* counted_ = nullptr;
  std::optional<std::uint32_t> only_;  ///< with `counted_`: the value of all rows so far
  std::vector<pair> groups_;
  std::vector<std::uint32_t> numbers_;

  void put(std::size_t group, std::uint32_t number);
  void stop_leaning();
};

/// Makes what an aggregate needs; count() of all rows needs none (nullptr).
std::unique_ptr<measure> make_measure(frame& in, const aggregate& a, std::size_t expected_rows);

}  // namespace guanxi::query::columns
