#include "cells.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <new>

namespace guanxi::query {

namespace {

inline constexpr std::uint64_t greatest_code = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::int64_t least_integer = std::numeric_limits<std::int64_t>::min();
/// A dictionary with fewer words than this stays one.
inline constexpr std::size_t few_words = 1024;
/// An arena with less waste than this is not worth squeezing.
inline constexpr std::uint64_t little_waste = 4096;

std::uint64_t greatest_in(int width) noexcept {
  return width >= 8 ? greatest_code : (std::uint64_t{1} << (8 * width)) - 1;
}

int width_of(std::uint64_t code) noexcept {
  return code <= 0xff ? 1 : code <= 0xffff ? 2 : code <= 0xffff'ffff ? 4 : 8;
}

void write_code(std::uint8_t* codes, int width, std::size_t row, std::uint64_t code) noexcept {
  switch (width) {
    case 1: codes[row] = static_cast<std::uint8_t>(code); break;
    case 2: reinterpret_cast<std::uint16_t*>(codes)[row] = static_cast<std::uint16_t>(code); break;
    case 4: reinterpret_cast<std::uint32_t*>(codes)[row] = static_cast<std::uint32_t>(code); break;
    case 8: reinterpret_cast<std::uint64_t*>(codes)[row] = code; break;
    default: break;
  }
}

/// Bytes of a text in an arena, its length included.
std::size_t room_of(std::size_t length) noexcept {
  std::size_t out = length + 1;
  for (; length > 0x7f; length >>= 7) ++out;
  return out;
}

void append_entry(std::vector<char>& to, std::string_view text) {
  std::size_t length = text.size();
  for (; length > 0x7f; length >>= 7) to.push_back(static_cast<char>(0x80 | (length & 0x7f)));
  to.push_back(static_cast<char>(length));
  to.insert(to.end(), text.begin(), text.end());
}

/// Room grows by half: less would copy more, more would stand empty.
std::size_t more_room(std::size_t held) noexcept { return held + held / 2 + 16; }

template <class T>
void widen_room(std::vector<T>& of, std::size_t wanted) {
  if (wanted > of.capacity()) of.reserve(std::max(wanted, more_room(of.capacity())));
}

/// A hash of short texts: eight bytes at a time, multiplied and folded.
std::size_t hash_of(std::string_view text) noexcept {
  constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15ULL;
  std::uint64_t hash = text.size() * odd;
  const auto fold = [&](std::uint64_t word) {
    hash = (hash ^ word) * odd;
    hash ^= hash >> 32;
  };
  const char* at = text.data();
  std::size_t left = text.size();
  for (std::uint64_t word; left >= sizeof word; at += sizeof word, left -= sizeof word) {
    std::memcpy(&word, at, sizeof word);
    fold(word);
  }
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < left; ++i) rest = rest << 8 | static_cast<std::uint8_t>(at[i]);
  fold(rest);
  return static_cast<std::size_t>(hash);
}

}  // namespace

cells::cells(expr::type of, bool repeats)
    : type_(of),
      form_(of.base != value_type::text ? form::integers
            : repeats                   ? form::dictionary
                                        : form::arena) {
  if (form_ == form::dictionary) ends_.push_back(0);
}

std::optional<std::uint64_t> cells::find(const value& v) const {
  if (v.is_null()) return 0;
  if (form_ == form::arena) return std::nullopt;
  std::uint64_t code = 0;
  if (form_ == form::dictionary) {
    if (v.type() != value_type::text) return std::nullopt;
    code = find_word(v.as_text());
  } else {
    std::int64_t x = 0;
    const bool decimals = type_.base == value_type::decimal;
    if (v.is_number() && (decimals || type_.base == value_type::integer)) {
      const decimal number = v.number();
      const int scale = decimals ? type_.scale : 0;
      if (!exact_at(number, scale)) return std::nullopt;
      const auto fitted = rescaled(number.coefficient, number.scale, scale);
      if (!fitted) return std::nullopt;
      x = *fitted;
    } else if (v.type() == type_.base) {
      x = whole(v);
    } else {
      return std::nullopt;
    }
    if (!round_ && x < base_) return std::nullopt;
    code = static_cast<std::uint64_t>(x) - static_cast<std::uint64_t>(base_) + 1;
    if (code >= limit_ && limit_ != greatest_code) return std::nullopt;
  }
  if (code == 0) return std::nullopt;
  return code;
}

bool cells::holds(row_number row, const value& v) const noexcept {
  const std::uint64_t held = code(row);
  if (held == 0 || v.is_null()) return held == 0 && v.is_null();
  return form_ == form::integers ? integer(held) == whole(v) : text(held) == v.as_text();
}

void cells::set(row_number row, const value& v) {
  if (v.is_null()) return put(row, place(row, v));
  std::uint64_t code = 0;
  if (form_ == form::integers) {
    const std::int64_t x = whole(v);
    code = static_cast<std::uint64_t>(x) - static_cast<std::uint64_t>(base_) + 1;
    if (!fits(x, code)) code = place_integer(x);
  } else if (form_ == form::dictionary && row >= rows_) {
    code = find_word(v.as_text());
  }
  if (code == 0) return put(row, place(row, v));
  grow_rows(std::size_t{row} + 1);
  write_code(codes_.data(), width_, row, code);
  if (code >= limit_) limit_ = code == greatest_code ? code : code + 1;
}

std::uint64_t cells::place(row_number row, const value& v) {
  assert(v.is_null() || v.type() == type_.base);
  assert(v.type() != value_type::decimal || v.as_decimal().scale == type_.scale);
  std::uint64_t out = 0;
  if (form_ == form::integers) {
    if (v.is_null()) return 0;
    out = place_integer(whole(v));
  } else if (!v.is_null()) {
    out = place_text(row, v.as_text());
  } else {
    // A text that goes away may be asked back.
    if (form_ == form::arena) {
      const std::size_t all = texts_.size() + owed_ + text_room(code(row));
      widen_room(texts_, all);
      widen_for(all + 1);
    }
    return 0;
  }
  grow_rows(std::size_t{row} + 1);
  return out;
}

void cells::put(row_number row, std::uint64_t code) noexcept {
  if (row >= rows_) return;
  if (form_ != form::integers) {
    const std::size_t left = text_room(this->code(row));
    owed_ += left;
    if (form_ == form::arena) {
      owed_ = std::min(owed_, most_owed_);
      waste_ += left;
      waste_ -= text_room(code);
    }
  }
  write_code(codes_.data(), width_, row, code);
  if (code >= limit_) limit_ = code == greatest_code ? code : code + 1;
}

void cells::restore(row_number row, const value& v) noexcept {
  if (form_ == form::integers) return put(row, v.is_null() ? 0 : place_integer(whole(v)));
  const std::uint64_t room = v.is_null() ? 0 : room_of(v.as_text().size());
  const std::uint64_t owed = owed_ -= std::min(owed_, room);
  put(row, v.is_null() ? 0 : form_ == form::arena ? append_text(v.as_text(), 0)
                                                  : find_word(v.as_text()));
  owed_ = owed;
}

void cells::keep() noexcept {
  owed_ = 0;
  most_owed_ = texts_.size();
}

void cells::truncate(row_number rows) noexcept {
  if (rows >= rows_) return;
  if (form_ == form::arena)
    for (std::size_t row = rows; row < rows_; ++row)
      waste_ += text_room(code(static_cast<row_number>(row)));
  const auto width = static_cast<std::ptrdiff_t>(width_);
  std::fill(codes_.begin() + rows * width,
            codes_.begin() + static_cast<std::ptrdiff_t>(rows_) * width, std::uint8_t{0});
  rows_ = rows;
}

void cells::reserve(std::size_t rows) {
  const std::size_t bytes = rows * static_cast<std::size_t>(width_);
  if (bytes > codes_.size()) codes_.resize(bytes);
}

std::size_t cells::byte_size() const noexcept {
  return sizeof *this + codes_.capacity() + ends_.capacity() * sizeof(std::uint64_t) +
         texts_.capacity() + words_.capacity() * sizeof(std::uint32_t);
}

// Integers.

/// Whether an integer has this code as the column now stands.
bool cells::fits(std::int64_t x, std::uint64_t code) const noexcept {
  return x >= base_ && code - 1 < most_;
}

std::uint64_t cells::place_integer(std::int64_t x) {
  const std::uint64_t code =
      static_cast<std::uint64_t>(x) - static_cast<std::uint64_t>(base_) + 1;
  if (fits(x, code) || (round_ && code != 0)) return code;
  return round_ ? go_round(x) : make_room(x);
}

/// Takes a lower base or wider codes, so that the column holds x too. What it ever held keeps its
/// place, so that restore() needs no memory.
std::uint64_t cells::make_room(std::int64_t x) {
  std::int64_t low = x, high = x;
  if (limit_ > 1) {
    low = std::min(x, base_);
    high = std::max(x, integer(limit_ - 1));
  }
  std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span >= greatest_code - 1) {  // perhaps only for room that was left below
    low = high = x;
    for (row_number row = 0; row < rows_; ++row)
      if (const std::uint64_t held = code(row); held != 0) {
        low = std::min(low, integer(held));
        high = std::max(high, integer(held));
      }
    span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    if (span == greatest_code) return go_round(x);
    rewrite(low, 8);
    limit_ = span >= greatest_code - 2 ? greatest_code : span + 2;
    return static_cast<std::uint64_t>(x) - static_cast<std::uint64_t>(low) + 1;
  }
  const int width = std::max(width_, width_of(span + 1));
  std::int64_t base = low;
  if (type_.base == value_type::boolean) {
    base = 0;
  } else if (x == low) {
    // Room below, so that values which keep falling do not move the base each time.
    const std::uint64_t below = static_cast<std::uint64_t>(low) -
                                static_cast<std::uint64_t>(least_integer);
    const std::uint64_t spare = (greatest_in(width) - (span + 1)) / 2;
    base = static_cast<std::int64_t>(static_cast<std::uint64_t>(low) - std::min(spare, below));
  }
  rewrite(base, width);
  return static_cast<std::uint64_t>(x) - static_cast<std::uint64_t>(base) + 1;
}

/// A column with both ends of int64 has more values than codes other than null's. Some integer is
/// in no cell, since there are fewer rows than integers: its code becomes null's.
std::uint64_t cells::go_round(std::int64_t x) {
  std::uint64_t unused = 0x9e37'79b9'7f4a'7c15ULL;
  const auto used = [&] {
    if (static_cast<std::int64_t>(unused) == x) return true;
    for (row_number row = 0; row < rows_; ++row)
      if (const std::uint64_t held = code(row);
          held != 0 && integer(held) == static_cast<std::int64_t>(unused))
        return true;
    return false;
  };
  while (used()) unused = unused * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
  rewrite(static_cast<std::int64_t>(unused + 1), 8);
  round_ = true;
  most_ = 0;
  limit_ = greatest_code;
  return static_cast<std::uint64_t>(x) - unused;
}

/// Gives every code its place from another base, in a width that must hold it. Without widening it
/// needs no memory.
void cells::rewrite(std::int64_t base, int width) {
  const std::uint64_t moved = static_cast<std::uint64_t>(base_) - static_cast<std::uint64_t>(base);
  const auto shifted = [&](std::uint8_t* to) {
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::uint64_t held = code(static_cast<row_number>(row));
      write_code(to, width, row, held == 0 ? 0 : held + moved);
    }
  };
  if (width == width_) {
    if (moved != 0) shifted(codes_.data());
  } else {
    std::vector<std::uint8_t> wider;
    wider.resize((rows_ + rows_ / 8 + 1) * static_cast<std::size_t>(width));
    shifted(wider.data());
    codes_.swap(wider);
  }
  if (limit_ > 1) limit_ = limit_ - 1 > greatest_code - 1 - moved ? greatest_code : limit_ + moved;
  base_ = base;
  width_ = width;
  if (!round_) most_ = greatest_in(width);
}

void cells::widen_for(std::uint64_t greatest) {
  if (const int needed = width_of(greatest); needed > width_) rewrite(base_, needed);
}

void cells::grow_rows(std::size_t rows) {
  if (rows <= rows_) return;
  const std::size_t bytes = rows * static_cast<std::size_t>(width_);
  if (bytes > codes_.size()) codes_.resize(std::max(bytes, more_room(codes_.size())));
  rows_ = rows;
}

// Text.

std::size_t cells::text_room(std::uint64_t code) const noexcept {
  return code == 0 ? 0 : room_of(text(code).size());
}

std::uint64_t cells::place_text(row_number row, std::string_view text) {
  if (form_ == form::arena) return append_text(text, text_room(code(row)));
  if (const std::uint64_t found = find_word(text); found != 0) return found;
  const std::size_t words = ends_.size() - 1;
  if (words >= few_words && words > rows_ / 2) {
    become_arena();
    return append_text(text, text_room(code(row)));
  }
  widen_room(texts_, texts_.size() + text.size());
  if (ends_.size() == ends_.capacity()) ends_.reserve(2 * ends_.size());
  if (2 * (words + 1) > words_.size()) grow_words();
  widen_for(words + 1);
  texts_.insert(texts_.end(), text.begin(), text.end());
  ends_.push_back(texts_.size());
  const std::size_t mask = words_.size() - 1;
  std::size_t slot = hash_of(text) & mask;
  while (words_[slot] != 0) slot = (slot + 1) & mask;
  words_[slot] = static_cast<std::uint32_t>(words + 1);
  return words + 1;
}

std::uint64_t cells::find_word(std::string_view text) const noexcept {
  if (words_.empty()) return 0;
  const std::size_t mask = words_.size() - 1;
  for (std::size_t slot = hash_of(text) & mask; words_[slot] != 0; slot = (slot + 1) & mask)
    if (this->text(words_[slot]) == text) return words_[slot];
  return 0;
}

/// Twice the slots for words, so that at most half are taken.
void cells::grow_words() {
  std::vector<std::uint32_t> wider(std::bit_ceil(std::max<std::size_t>(16, 4 * ends_.size())));
  const std::size_t mask = wider.size() - 1;
  for (std::size_t word = 1; word < ends_.size(); ++word) {
    std::size_t slot = hash_of(text(word)) & mask;
    while (wider[slot] != 0) slot = (slot + 1) & mask;
    wider[slot] = static_cast<std::uint32_t>(word);
  }
  words_.swap(wider);
}

void cells::become_arena() {
  std::size_t size = 0;
  for (row_number row = 0; row < rows_; ++row) size += text_room(code(row));
  const int width = width_of(size + owed_ + 1);
  std::vector<char> texts;
  texts.reserve(size + size / 8 + owed_);
  std::vector<std::uint8_t> codes((rows_ + rows_ / 8) * static_cast<std::size_t>(width));
  for (row_number row = 0; row < rows_; ++row) {
    const std::uint64_t held = code(row);
    if (held == 0) continue;
    write_code(codes.data(), width, row, texts.size() + 1);
    append_entry(texts, text(held));
  }
  form_ = form::arena;
  width_ = width;
  codes_.swap(codes);
  texts_.swap(texts);
  std::vector<std::uint64_t>().swap(ends_);
  std::vector<std::uint32_t>().swap(words_);
  limit_ = texts_.size() + 1;
  waste_ = 0;
  most_owed_ = owed_ + texts_.size();
}

/// Appends a text that is waste until a cell refers to it, leaving room for what is owed and
/// `spare` bytes more.
std::uint64_t cells::append_text(std::string_view text, std::size_t spare) {
  const std::size_t more = room_of(text.size());
  if (waste_ > little_waste && waste_ > texts_.size() / 3) squeeze(more + spare);
  const std::size_t all = texts_.size() + more + owed_ + spare;
  widen_room(texts_, all);
  widen_for(all + 1);
  const std::uint64_t out = texts_.size() + 1;
  append_entry(texts_, text);
  waste_ += more;
  most_owed_ = std::max<std::uint64_t>(most_owed_, texts_.size());
  return out;
}

/// Leaves the waste behind, unless there is no memory for a second arena.
void cells::squeeze(std::size_t more) {
  std::vector<char> texts;
  try {
    const std::size_t left = texts_.size() - waste_;
    texts.reserve(left + left / 8 + owed_ + more);
  } catch (const std::bad_alloc&) {
    return;
  }
  for (row_number row = 0; row < rows_; ++row) {
    const std::uint64_t held = code(row);
    if (held == 0) continue;
    const char* from = texts_.data() + (held - 1);
    write_code(codes_.data(), width_, row, texts.size() + 1);
    texts.insert(texts.end(), from, from + text_room(held));
  }
  texts_.swap(texts);
  limit_ = texts_.size() + 1;
  waste_ = 0;
}

bool cells::complete() {
  const bool sized = width_ == 0 || width_ == 1 || width_ == 2 || width_ == 4 || width_ == 8;
  if (!sized || codes_.size() != rows_ * static_cast<std::size_t>(width_)) return false;
  if (form_ == form::integers) {
    if (!round_ && width_ != 0) most_ = greatest_in(width_);
    return type_.base != value_type::text && limit_ != 0;
  }
  if (type_.base != value_type::text) return false;
  waste_ = owed_ = 0;
  limit_ = 1;
  if (form_ == form::dictionary) {
    if (ends_.empty() || ends_[0] != 0 || ends_.back() != texts_.size() ||
        !std::is_sorted(ends_.begin(), ends_.end()))
      return false;
    grow_words();
  }
  std::uint64_t used = 0;
  for (row_number row = 0; row < rows_; ++row) {
    const std::uint64_t held = code(row);
    if (held == 0) continue;
    limit_ = std::max(limit_, held + 1);
    if (form_ == form::dictionary ? held >= ends_.size() : held > texts_.size()) return false;
    if (form_ == form::dictionary) continue;
    // A length that runs on past the end is a contradiction too.
    std::size_t at = held - 1, shift = 0, length = 0;
    for (;; shift += 7) {
      if (at >= texts_.size() || shift > 56) return false;
      const auto byte = static_cast<std::uint8_t>(texts_[at++]);
      length |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (length > texts_.size() - at) return false;
    used += room_of(length);
  }
  if (form_ == form::arena) {
    if (used > texts_.size()) return false;
    waste_ = texts_.size() - used;
  }
  most_owed_ = texts_.size();
  return true;
}

}  // namespace guanxi::query
