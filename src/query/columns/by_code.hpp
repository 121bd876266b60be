// What an expression gives for each code of one column: worked out once a code, looked up per row.
//
//   by_code<std::uint8_t, 0xff> truths;
//   truths.meet(column, rows, [&](std::uint64_t code) { return …; });   // fills what is missing
//   for_codes(column, rows, [&](std::size_t i, auto code) { out[i] = truths[code]; });
//
// Thread rule: a value; what is complete may be read at once.
#pragma once

#include "selection.hpp"

#include <limits>

namespace guanxi::query::columns {

template <class Entry, Entry unknown>
class by_code {
 public:
  /// Whether a table over these codes is worth its room when so many rows will be looked at.
  static bool fits(const cells& of, std::size_t rows) noexcept {
    return of.kept_as() != cells::form::arena && of.code_limit() <= 4 * rows + 1024;
  }

  bool complete() const noexcept { return complete_; }
  const Entry& operator[](std::uint64_t code) const noexcept { return entries_[code]; }
  const Entry* entries() const noexcept { return entries_.data(); }
  std::size_t size() const noexcept { return entries_.size(); }

  /// Fills every entry if they are few beside the rows.
  template <class Compute>
  void fill(const cells& of, std::size_t rows, Compute&& compute) {
    entries_.assign(of.code_limit(), unknown);
    if (entries_.size() > rows / 2 + 16) return;
    for (std::uint64_t code = 0; code < entries_.size(); ++code) entries_[code] = compute(code);
    complete_ = true;
  }

  /// Replaces every entry.
  template <class Change>
  void change(Change&& changed) {
    for (Entry& e : entries_) e = changed(e);
  }

  template <class Compute>
  void meet(const cells& of, const selection& rows, Compute&& compute) {
    if (of.code_limit() > entries_.size()) {
      // Codes that came later are those of rows that this run does not see.
      if (complete_) return;
      entries_.resize(of.code_limit(), unknown);
    }
    if (complete_) return;
    for_codes(of, rows, [&](std::size_t, auto code) {
      if (entries_[code] == unknown) entries_[code] = compute(code);
    });
  }

 private:
  std::vector<Entry> entries_;
  bool complete_ = false;
};

}  // namespace guanxi::query::columns
