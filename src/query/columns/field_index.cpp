#include "field_index.hpp"

#include "row_tree.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <optional>

namespace guanxi::query {

namespace {

/// Rows with a number that stands for their value, to be sorted by it.
struct keyed_row {
  std::uint64_t key;
  row_number row;
};

/// Sorts by key, byte by byte from the last; rows of equal keys keep their order.
void sort_by_key(std::vector<keyed_row>& rows, std::uint64_t greatest) {
  std::vector<keyed_row> other(rows.size());
  for (int shift = 0; shift < 64 && greatest >> shift != 0; shift += 8) {
    std::array<std::size_t, 257> starts{};
    for (const keyed_row& r : rows) ++starts[(r.key >> shift & 0xff) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const keyed_row& r : rows) other[starts[r.key >> shift & 0xff]++] = r;
    rows.swap(other);
  }
}

/// Numbers of the words of a dictionary in the order of their texts, by code.
std::vector<std::uint64_t> ranks(const cells& of) {
  std::vector<std::uint64_t> codes(of.code_limit()), out(of.code_limit());
  std::iota(codes.begin(), codes.end(), std::uint64_t{0});
  if (codes.size() > 1)
    std::sort(codes.begin() + 1, codes.end(),
              [&](std::uint64_t a, std::uint64_t b) { return of.text(a) < of.text(b); });
  for (std::size_t i = 0; i < codes.size(); ++i) out[codes[i]] = i;
  return out;
}

void sort_by_text(const cells& of, std::vector<keyed_row>& rows) {
  std::sort(rows.begin(), rows.end(), [&](const keyed_row& a, const keyed_row& b) {
    if (a.key != b.key) return a.key < b.key;
    const int by_text = of.text(of.code(a.row)).compare(of.text(of.code(b.row)));
    return by_text != 0 ? by_text < 0 : a.row < b.row;
  });
}

/// Rows of rising numbers, none null, in the order of (value, row).
std::vector<row_number> sorted(const cells& of, std::span<const row_number> rows) {
  std::vector<keyed_row> keyed;
  keyed.reserve(rows.size());
  std::uint64_t greatest = 0;
  const auto take = [&](auto key) {
    for (const row_number row : rows) {
      keyed.push_back({key(of.code(row)), row});
      greatest = std::max(greatest, keyed.back().key);
    }
  };
  if (of.kept_as() == cells::form::arena) {
    take([&](std::uint64_t code) { return key_of(of.text(code)); });
    sort_by_text(of, keyed);
  } else {
    if (of.kept_as() == cells::form::dictionary) {
      const std::vector<std::uint64_t> rank = ranks(of);
      take([&](std::uint64_t code) { return rank[code]; });
    } else if (of.rising()) {
      take([](std::uint64_t code) { return code; });
    } else {
      take([&](std::uint64_t code) { return key_of(of.integer(code)); });
    }
    sort_by_key(keyed, greatest);
  }
  std::vector<row_number> out(keyed.size());
  std::transform(keyed.begin(), keyed.end(), out.begin(), [](const keyed_row& r) { return r.row; });
  return out;
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
  return in.lower({.key = b.key, .text = b.text, .row = behind || b.between ? no_row : 0});
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

void field_index::clear() noexcept {
  tree_->nulls.clear();
  tree_->values.clear();
}

std::size_t field_index::size() const noexcept {
  return tree_->nulls.size() + tree_->values.size();
}

namespace {

/// The tree with more rows, which are in order: built anew if they are many. Strong: what fails
/// leaves it as it was.
void enter(row_tree& into, std::span<const row_number> rows) {
  if (rows.size() < 64 || rows.size() < into.size() / 16) {
    std::size_t done = 0;
    try {
      for (; done < rows.size(); ++done) into.insert(rows[done]);
    } catch (...) {
      while (done > 0) into.remove(rows[--done]);
      throw;
    }
    return;
  }
  if (into.size() == 0) return into.build(rows);
  std::vector<row_number> held, all(into.size() + rows.size());
  held.reserve(into.size());
  into.copy(into.begin(), into.end(), into.size(), held);
  into.merge(held, rows, all);
  into.build(all);
}

}  // namespace

void field_index::add_all(row_number first, row_number last, const cells* stored) {
  const cells& of = tree_->of;
  std::vector<row_number> nulls, values;
  for (row_number row = first; row < last; ++row) {
    if (stored && stored->is_null(row)) continue;
    (of.is_null(row) ? nulls : values).push_back(row);
  }
  values = sorted(of, values);
  enter(tree_->values, values);
  try {
    enter(tree_->nulls, nulls);
  } catch (...) {
    for (const row_number row : values) tree_->values.remove(row);
    throw;
  }
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
