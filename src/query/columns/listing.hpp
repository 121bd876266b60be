// Rows that are listed as they are: kept by number with the keys of their order, cut while more
// come than are wanted, and read out at the end.
//
//   listing list(frame, within, expected_rows);
//   list.take(frame, rows);  …
//   list.finish(frame, source, into);
//
// Thread rule: one thread.
#pragma once

#include "condition.hpp"
#include "lane.hpp"

namespace guanxi::query::columns {

class listing {
 public:
  listing(frame& in, const bounds& within, std::size_t expected_rows);

  /// Rows that passed all filters. False: the run is given up.
  bool take(frame& in, const selection& rows);
  bool take(frame& in, const root_row& at);
  /// Whether rows that come later in the order of ids can matter no more.
  bool full() const noexcept { return by_row_ && enough_ && rows_.size() >= *enough_; }
  /// Adds the answer. False: the run is given up.
  result<bool> finish(frame& in, rows& into);

  /// How many of the best rows matter, if nothing is lost by not looking at the others.
  static std::optional<std::size_t> enough(const plan& p, const bounds& within);
  std::size_t taken() const noexcept { return taken_; }
  /// Bytes that it keeps.
  std::size_t held() const;

 private:
  struct key {
    std::uint16_t slot = 0;
    std::unique_ptr<number_lane> numbers;  ///< else the column's codes are the order
    bool descending = false, nulls_first = true;

    std::uint64_t rising(std::uint64_t code) const noexcept;
  };
  struct output {
    formula f;
    std::optional<std::uint16_t> slot;     ///< just a column
  };

  const plan& what_;
  const bounds& within_;
  std::vector<key> keys_;
  std::vector<output> outputs_;
  std::vector<formula> probes_;            ///< what has no say, but whose errors count
  std::optional<std::size_t> wanted_, enough_;
  bool by_row_ = false;                    ///< the order of rows is the order wanted
  std::size_t taken_ = 0;
  std::vector<row_number> rows_;
  std::vector<std::uint64_t> codes_;       ///< by row and key
  std::vector<std::uint32_t> numbers_;

  bool before(std::size_t a, std::size_t b) const;
  std::vector<std::uint32_t> places() const;
  void keep_best(std::vector<std::uint32_t>& places, std::size_t most);
  bool room_left();
  void rank();
  bool write(frame& in, const root_row& at, rows& into);
};

}  // namespace guanxi::query::columns
