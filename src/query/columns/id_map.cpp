#include "id_map.hpp"

#include <algorithm>
#include <bit>

namespace guanxi::query {

namespace {

std::uint64_t page_of(id key) noexcept { return static_cast<std::uint64_t>(key.value) >> 6; }
std::uint64_t bit_of(id key) noexcept {
  return std::uint64_t{1} << (static_cast<std::uint64_t>(key.value) & 63);
}
row_number rows_in(std::uint64_t bits) noexcept {
  return static_cast<row_number>(std::popcount(bits));
}

}  // namespace

const id_map::page* id_map::page_at(std::uint64_t number) const noexcept {
  if (pages_.empty() || number < pages_.front().number) return nullptr;
  if (number >= pages_.back().number) return &pages_.back();
  // Ids mostly rise evenly: begin where the page would then be, and reach out from there.
  const std::uint64_t first = pages_.front().number, span = pages_.back().number - first;
  const auto count = static_cast<double>(pages_.size() - 1);
  const auto guess = static_cast<std::size_t>(static_cast<double>(number - first) /
                                              static_cast<double>(span) * count);
  std::size_t low = std::min(guess, pages_.size() - 1), high = low + 1, step = 1;
  while (pages_[low].number > number) {
    high = low;
    low -= std::min(low, step);
    step *= 2;
  }
  while (high < pages_.size() && pages_[high].number <= number) {
    low = high;
    high = std::min(pages_.size(), high + step);
    step *= 2;
  }
  const auto above = std::upper_bound(
      pages_.begin() + static_cast<std::ptrdiff_t>(low),
      pages_.begin() + static_cast<std::ptrdiff_t>(high), number,
      [](std::uint64_t wanted, const page& p) { return wanted < p.number; });
  return &*(above - 1);
}

row_number id_map::find(id key) const noexcept {
  if (const page* p = page_at(page_of(key)); p && p->number == page_of(key))
    if (const std::uint64_t bit = bit_of(key); (p->bits & bit) != 0)
      return p->first + rows_in(p->bits & (bit - 1));
  if (late_.empty()) return no_row;
  const auto at = late_.find(key.value);
  return at == late_.end() ? no_row : at->second;
}

row_number id_map::first_above(id after) const noexcept {
  if (pages_.empty()) return no_row;
  const page* p = page_at(page_of(after));
  if (!p) return pages_.front().first;
  if (p->number == page_of(after)) {
    const std::uint64_t bit = bit_of(after), up_to = bit | (bit - 1);
    if ((p->bits & ~up_to) != 0) return p->first + rows_in(p->bits & up_to);
  }
  return p == &pages_.back() ? no_row : (p + 1)->first;
}

void id_map::add(id key, row_number row) {
  const std::uint64_t number = page_of(key), bit = bit_of(key);
  if (pages_.empty() || number > pages_.back().number) {
    pages_.push_back({number, bit, row});
    return;
  }
  page& last = pages_.back();
  if (number == last.number && bit > last.bits && last.first + rows_in(last.bits) == row)
    last.bits |= bit;
  else
    late_.insert_or_assign(key.value, row);
}

void id_map::truncate(row_number rows) noexcept {
  while (!pages_.empty() && pages_.back().first >= rows) pages_.pop_back();
  if (!pages_.empty()) {
    page& last = pages_.back();
    while (last.first + rows_in(last.bits) > rows)
      last.bits &= ~std::bit_floor(last.bits);
  }
  std::erase_if(late_, [&](const auto& one) { return one.second >= rows; });
}

void id_map::clear() noexcept {
  pages_.clear();
  late_.clear();
}

std::size_t id_map::byte_size() const noexcept {
  // A node, its place in the table, and what an allocation costs beyond its bytes.
  constexpr std::size_t late_size = 4 * sizeof(void*) + 16;
  return sizeof *this + pages_.capacity() * sizeof(page) + late_.size() * late_size +
         late_.bucket_count() * sizeof(void*);
}

}  // namespace guanxi::query
