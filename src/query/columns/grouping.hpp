// Groups of rows: keys to group numbers, measures of each, and the answer made of them.
//
//   grouping groups(frame, within, expected_rows, false);
//   groups.take(frame, rows);  …
//   groups.finish(into);
//
// With rollup or cube there is one of these for each grouping set; collect() joins their groups.
//
// Where every key's values are known and few, a group's number is its keys' numbers as one number
// with many digits: an array index. Else pairs of numbers are numbered, key by key.
// Thread rule: one thread.
#pragma once

#include "guanxi/query/arrange.hpp"
#include "measure.hpp"

namespace guanxi::query::columns {

class grouping {
 public:
  /// `hashed`: never by array index. `set`: which of the plan's grouping sets, if it has some.
  grouping(frame& in, const bounds& within, std::size_t expected_rows, bool hashed,
           const grouping_set* set = nullptr);

  /// Rows that passed all filters. False: the run is given up.
  bool take(frame& in, const selection& rows);
  bool take(frame& in, const root_row& at);
  /// Adds the answer; false: there is an error, which the exact path will tell.
  bool finish(rows& into);
  /// Adds its groups to those of other sets, of which there are so many so far; false: as above.
  bool collect(arrangement& into, std::size_t& groups);
  /// Bytes that it keeps.
  std::size_t held() const;
  /// Groups that have been met, as far as they are counted under way.
  std::size_t met() const noexcept { return pairs_.empty() ? 0 : pairs_.back().size(); }
  /// Whether a value came that the array has no place for: `hashed` would have one.
  bool outgrown() const noexcept { return outgrown_; }

 private:
  const plan& what_;
  const bounds& within_;
  expr::pace pace_;
  const grouping_set* set_;
  std::vector<std::unique_ptr<number_lane>> keys_;  ///< of the plan, but for those the set fixes
  std::vector<std::uint32_t> digits_;       ///< by key: how many numbers it has; empty: hashed
  std::vector<pair_numbers> pairs_;         ///< hashed: by key but the first
  std::vector<std::unique_ptr<measure>> measures_;  ///< in the order in which they take rows
  std::vector<measure*> of_aggregate_;      ///< nullptr: the number of rows
  std::vector<group_part> parts_;           ///< by key, if one sum and its tables are all
  sums* counter_ = nullptr;                 ///< counts the rows beside its sum
  std::vector<group_sum> counts_;           ///< else they are counted here
  std::vector<std::uint32_t> groups_;       ///< of the rows at hand
  std::vector<std::uint32_t> room_;
  std::vector<std::uint32_t> used_;         ///< groups that have rows
  std::size_t size_ = 0;
  bool outgrown_ = false;

  void choose_numbering(std::size_t expected_rows, bool hashed);
  void add_measures(frame& in, std::size_t expected_rows);
  void number(frame& in, const selection& rows);
  std::uint32_t number(frame& in, const root_row& at);
  void grow(std::size_t groups);
  std::vector<group_sum>& counts() noexcept { return counter_ ? counter_->groups() : counts_; }
  /// Numbers of a group's keys.
  void keys_of(std::uint32_t group, std::vector<std::uint32_t>& into) const;
  void add_parts();
  bool take_at_once(frame& in, const selection& rows);

  // The end.
  /// After a group; false: the bounds are broken.
  bool step() { return !pace_.due(4 * expr::pace::step) || pace_.ask(); }
  bool find_used();
  bool is_plain() const;
  static bool is_exact(expr::function fn) noexcept;
  const named_extremes* names_of(const currency_check& check) const;
  bool sound(std::span<const std::uint32_t> unseen);
  bool places_by(const order_key& key, std::vector<std::uint32_t>& out, std::uint32_t& most);
  bool in_order() const;
  bool sort_used();
  bool write(std::uint32_t group, rows& into);
  bool add_groups(arrangement& into);
  bool columns_of(std::uint32_t group, std::vector<value>& columns);
};

}  // namespace guanxi::query::columns
