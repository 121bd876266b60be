#include "field_index.hpp"

#include "row_tree.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace guanxi::query {

namespace {

/// A row and what it is sorted by.
struct keyed_row {
  std::uint64_t key;
  row_number row;
};
std::uint64_t sort_key(const keyed_row& r) noexcept { return r.key; }
/// The same in one number.
std::uint64_t packed(std::uint64_t key, row_number row) noexcept { return key << 32 | row; }
std::uint64_t sort_key(std::uint64_t r) noexcept { return r >> 32; }

/// Sorts by keys up to `greatest`, some bits a time from the last; equal keys keep their order.
template <class Row>
void sort_by_key(std::vector<Row>& rows, std::uint64_t greatest) {
  // All at once if there are fewer keys than rows by far.
  const auto all = static_cast<int>(std::bit_width(greatest));
  const int bits = all <= 16 && greatest < rows.size() / 8 ? 16 : 11;
  std::vector<Row> other(rows.size());
  std::vector<std::size_t> starts;
  for (int shift = 0; shift < all; shift += bits) {
    const auto digit = [&](const Row& r) { return sort_key(r) >> shift & ((1u << bits) - 1); };
    starts.assign((std::size_t{1} << bits) + 1, 0);
    for (const Row& r : rows) ++starts[digit(r) + 1];
    if (starts[digit(rows.front()) + 1] == rows.size()) continue;
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const Row& r : rows) other[starts[digit(r)]++] = r;
    rows.swap(other);
  }
}

/// Codes of a dictionary in the order of their texts.
std::vector<std::uint32_t> words_in_order(const cells& of) {
  std::vector<std::uint32_t> codes(of.code_limit() - 1);
  std::iota(codes.begin(), codes.end(), 1u);
  std::sort(codes.begin(), codes.end(),
            [&](std::uint32_t a, std::uint32_t b) { return of.text(a) < of.text(b); });
  return codes;
}

/// Gives the rows of rising numbers, none null, in the order of (value, row) with their keys.
template <class Take>
void each_by_word(const cells& of, std::span<const row_number> rows, const Take& take) {
  const std::vector<std::uint32_t> words = words_in_order(of);
  std::vector<std::uint32_t> ranks(words.size() + 1);
  std::vector<std::uint64_t> keys(words.size());
  for (std::uint32_t rank = 0; rank < words.size(); ++rank) {
    ranks[words[rank]] = rank;
    keys[rank] = key_of(of.text(words[rank]));
  }
  std::vector<std::uint64_t> sorted;
  sorted.reserve(rows.size());
  for (const row_number row : rows) sorted.push_back(packed(ranks[of.code(row)], row));
  sort_by_key(sorted, words.size());
  for (const std::uint64_t each : sorted) take(keys[each >> 32], static_cast<row_number>(each));
}

template <class Take>
void each_by_code(const cells& of, std::span<const row_number> rows, const Take& take) {
  std::vector<std::uint64_t> sorted;
  sorted.reserve(rows.size());
  for (const row_number row : rows) sorted.push_back(packed(of.code(row), row));
  sort_by_key(sorted, of.code_limit());
  for (const std::uint64_t each : sorted)
    take(key_of(of.integer(each >> 32)), static_cast<row_number>(each));
}

template <class Take>
void each_by_key(const cells& of, std::span<const row_number> rows, const Take& take) {
  const bool text = of.kept_as() != cells::form::integers;
  std::vector<keyed_row> sorted;
  sorted.reserve(rows.size());
  for (const row_number row : rows) {
    const std::uint64_t code = of.code(row);
    sorted.push_back({text ? key_of(of.text(code)) : key_of(of.integer(code)), row});
  }
  if (!text) {
    const std::uint64_t least =
        std::min_element(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
          return a.key < b.key;
        })->key;
    std::uint64_t greatest = 0;
    for (keyed_row& r : sorted) greatest = std::max(greatest, r.key -= least);
    sort_by_key(sorted, greatest);
    for (keyed_row& r : sorted) r.key += least;
  } else {
    std::sort(sorted.begin(), sorted.end(), [&](const keyed_row& a, const keyed_row& b) {
      if (a.key != b.key) return a.key < b.key;
      const int by_text = of.text(of.code(a.row)).compare(of.text(of.code(b.row)));
      return by_text != 0 ? by_text < 0 : a.row < b.row;
    });
  }
  for (const keyed_row& r : sorted) take(r.key, r.row);
}

template <class Take>
void each_in_order(const cells& of, std::span<const row_number> rows, const Take& take) {
  if (rows.empty()) return;
  if (of.kept_as() == cells::form::dictionary) return each_by_word(of, rows, take);
  if (of.rising() && of.code_limit() <= no_row) return each_by_code(of, rows, take);
  each_by_key(of, rows, take);
}

/// Where the bound of a range lies among a column's values.
struct bound {
  enum class kind : std::uint8_t { below_all, at, above_all } where = kind::at;
  std::uint64_t key = 0;
  std::string_view text = {};
  bool between = false;  ///< just above `key`, where no value of the column is
};

/// A number among the values of a column of this scale.
bound bound_of(decimal number, int scale) {
  using limits = std::numeric_limits<std::int64_t>;
  wide floor = number.coefficient;
  bool exact = true;
  if (number.scale <= scale) {
    floor *= power_of_ten(scale - number.scale);
  } else {
    const wide unit = power_of_ten(number.scale - scale);
    const wide whole = floor / unit;
    exact = whole * unit == floor;
    floor = whole - (!exact && floor < 0 ? 1 : 0);
  }
  if (floor < limits::min()) return {.where = bound::kind::below_all};
  if (floor > limits::max()) return {.where = bound::kind::above_all};
  return {.key = key_of(static_cast<std::int64_t>(floor)), .between = !exact};
}

/// Types in the order of values; integers and decimals are one kind.
int rank_of(value_type t) noexcept {
  return static_cast<int>(t == value_type::decimal ? value_type::integer : t);
}

bound bound_of(const cells& of, const value& v) {
  const value_type own = of.type().base;
  if (const int a = rank_of(v.type()), b = rank_of(own); a != b)
    return {.where = a < b ? bound::kind::below_all : bound::kind::above_all};
  if (v.type() == value_type::text)
    return {.key = key_of(v.as_text()), .text = v.as_text()};
  if (v.is_number()) return bound_of(v.number(), own == value_type::decimal ? of.type().scale : 0);
  return {.key = key_of(whole(v))};
}

/// The place of a bound: before all rows of its value, or behind them.
row_tree::position place_of(const row_tree& in, const bound& b, bool behind) {
  if (b.where == bound::kind::below_all) return in.begin();
  if (b.where == bound::kind::above_all) return in.end();
  const row_number row = behind || b.between ? no_row : 0;
  return in.lower({.key = b.key, .text = b.text, .row = row});
}

}  // namespace

struct field_index::tree {
  explicit tree(const cells& c) : of(c), nulls(c, true), values(c, false) {}

  row_tree& home(row_number row) noexcept { return of.is_null(row) ? nulls : values; }

  struct span {
    row_tree::position from, to;
  };
  span within(const key_range& in) const {
    span out{values.begin(), values.end()};
    if (in.low) out.from = place_of(values, bound_of(of, *in.low), in.low_open);
    if (in.high) out.to = place_of(values, bound_of(of, *in.high), !in.high_open);
    return out;
  }
  /// Nothing compares with a null that is asked for.
  static bool nothing(const key_range& in) noexcept {
    return (in.low && in.low->is_null()) || (in.high && in.high->is_null());
  }

  const cells& of;
  row_tree nulls, values;
};

field_index::field_index(const cells& of) : tree_(std::make_unique<tree>(of)) {}
field_index::~field_index() = default;
field_index::field_index(field_index&&) noexcept = default;
field_index& field_index::operator=(field_index&&) noexcept = default;

void field_index::add(row_number row) { tree_->home(row).insert(row); }
void field_index::remove(row_number row) noexcept { tree_->home(row).remove(row); }

void field_index::fetch(row_number row) const noexcept { tree_->home(row).fetch(row); }

void field_index::clear() noexcept {
  tree_->nulls.clear();
  tree_->values.clear();
}

std::size_t field_index::size() const noexcept {
  return tree_->nulls.size() + tree_->values.size();
}

void field_index::add_all(row_number first, row_number last, const cells* stored) {
  if (last - first >= 64 && last - first >= size() / 8) {
    *this = with_all(first, last, stored);
    return;
  }
  row_number row = first;
  const auto left_out = [&] { return stored && stored->is_null(row); };
  try {
    for (; row < last; ++row)
      if (!left_out()) add(row);
  } catch (...) {
    while (row-- > first)
      if (!left_out()) remove(row);
    throw;
  }
}

namespace {

/// Fills a tree with the rows of another and new ones.
template <class Each>
void load(row_tree& into, const row_tree& held, std::size_t count, const Each& each_new) {
  row_tree_loader loader(into);
  loader.reserve(held.size() + count);
  std::vector<row_number> old;
  old.reserve(held.size());
  held.copy(held.begin(), held.end(), held.size(), old);
  auto next = old.begin();
  each_new([&](std::uint64_t key, row_number row) {
    if (next != old.end()) {
      const row_tree::probe p = held.probe_of(row);
      for (; next != old.end(); ++next) {
        const std::uint64_t held_key = held.key_of(*next);
        if (!held.before(held_key, *next, p)) break;
        loader.add(held_key, *next);
      }
    }
    loader.add(key, row);
  });
  for (; next != old.end(); ++next) loader.add(held.key_of(*next), *next);
  loader.complete();
  loader.finish();
}

}  // namespace

field_index field_index::with_all(row_number first, row_number last, const cells* stored) const {
  const cells& of = tree_->of;
  std::vector<row_number> nulls, values;
  for (row_number row = first; row < last; ++row) {
    if (stored && stored->is_null(row)) continue;
    (of.is_null(row) ? nulls : values).push_back(row);
  }
  field_index out(of);
  load(out.tree_->nulls, tree_->nulls, nulls.size(), [&](const auto& take) {
    for (const row_number row : nulls) take(row, row);
  });
  load(out.tree_->values, tree_->values, values.size(),
       [&](const auto& take) { each_in_order(of, values, take); });
  return out;
}

row_number field_index::first(const key_range& in) const noexcept {
  if (tree::nothing(in)) return no_row;
  if (!in.low && tree_->nulls.size() > 0) return tree_->nulls.at(tree_->nulls.begin());
  const auto [from, to] = tree_->within(in);
  return tree_->values.distance(from, to) > 0 ? tree_->values.at(from) : no_row;
}

std::size_t field_index::count(const key_range& in, std::size_t at_most) const {
  if (tree::nothing(in)) return 0;
  const auto [from, to] = tree_->within(in);
  std::size_t out = tree_->values.distance(from, to);
  if (!in.low) out += tree_->nulls.size();
  return std::min(out, at_most);
}

bool field_index::collect(const key_range& in, bool backwards, std::size_t at_most,
                          const row_number* after, std::vector<row_number>& into) const {
  if (tree::nothing(in)) return false;
  const row_tree &nulls = tree_->nulls, &values = tree_->values;
  auto [from, to] = tree_->within(in);
  bool with_nulls = !in.low, with_values = true;
  row_tree::position first_null = nulls.begin(), last_null = nulls.end();
  if (after) {
    const bool null = tree_->of.is_null(*after);
    const row_tree& home = null ? nulls : values;
    row_tree::probe p = home.probe_of(*after);
    if (!backwards) ++p.row;
    const row_tree::position reached = home.lower(p);
    if (!backwards) (null ? first_null : from) = std::max(null ? first_null : from, reached);
    else (null ? last_null : to) = std::min(null ? last_null : to, reached);
    if (null && backwards) with_values = false;
    if (!null && !backwards) with_nulls = false;
  }
  const std::size_t before = into.size();
  const auto left = [&] { return at_most - (into.size() - before); };
  if (!backwards) {
    if (with_nulls && nulls.copy(first_null, last_null, left(), into)) return true;
    return values.copy(from, to, left(), into);
  }
  if (with_values && values.copy_backwards(from, to, left(), into)) return true;
  return with_nulls && nulls.copy_backwards(first_null, last_null, left(), into);
}

std::size_t field_index::byte_size() const noexcept {
  return sizeof(tree) + tree_->nulls.byte_size() + tree_->values.byte_size();
}

}  // namespace guanxi::query
