#include "row_tree.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace guanxi::query {

namespace {

inline constexpr std::size_t leaf_room = 256, first_room = 8, branch_room = 256;
/// Bulk loads leave a little room, so that the first later insertions split nothing.
inline constexpr std::size_t built_leaf = 240, built_branch = 224;
/// What has fewer entries joins its neighbour, if both together leave room.
inline constexpr std::size_t few_entries = 64, joined_entries = 192;

std::unique_ptr<row_number[]> row_array(std::size_t room) {
  return std::make_unique_for_overwrite<row_number[]>(room);
}

}  // namespace

std::uint64_t key_of(std::int64_t x) noexcept {
  return static_cast<std::uint64_t>(x) ^ (std::uint64_t{1} << 63);
}

std::uint64_t key_of(std::string_view text) noexcept {
  unsigned char bytes[8] = {};
  std::memcpy(bytes, text.data(), std::min<std::size_t>(8, text.size()));
  std::uint64_t out = 0;
  for (const unsigned char byte : bytes) out = out << 8 | byte;
  return out;
}

std::uint64_t row_tree::key_of(row_number row) const noexcept { return probe_of(row).key; }

row_tree::probe row_tree::probe_of(row_number row) const noexcept {
  const std::uint64_t code = nulls_ ? 0 : cells_->code(row);
  if (code == 0) return {.key = 0, .text = {}, .row = row};
  if (integers())
    return {.key = query::key_of(cells_->integer(code)), .text = {}, .row = row};
  const std::string_view text = cells_->text(code);
  return {.key = query::key_of(text), .text = text, .row = row};
}

bool row_tree::before(std::uint64_t key, row_number row, const probe& p) const noexcept {
  if (key != p.key) return key < p.key;
  if (!nulls_ && !integers())
    if (const int by_text = cells_->text(cells_->code(row)).compare(p.text); by_text != 0)
      return by_text < 0;
  return row < p.row;
}

template <class Code>
std::uint32_t row_tree::integer_in(const leaf& l, const probe& p) const noexcept {
  const Code* codes = cells_->codes<Code>();
  const std::uint64_t less_one = query::key_of(cells_->base()) - 1;
  std::uint32_t first = 0;
  for (std::uint32_t left = l.count; left > 0;) {
    const std::uint32_t half = left / 2;
    const row_number row = l.rows[first + half];
    const std::uint64_t key = less_one + codes[row];
    const bool below = key < p.key || (key == p.key && row < p.row);
    first = below ? first + half + 1 : first;
    left = below ? left - half - 1 : half;
  }
  return first;
}

std::uint32_t row_tree::entry_in(const leaf& l, const probe& p) const noexcept {
  if (nulls_)
    return static_cast<std::uint32_t>(
        std::lower_bound(l.rows.get(), l.rows.get() + l.count, p.row) - l.rows.get());
  if (integers()) switch (cells_->width()) {
      case 1: return integer_in<std::uint8_t>(l, p);
      case 2: return integer_in<std::uint16_t>(l, p);
      case 4: return integer_in<std::uint32_t>(l, p);
      default: return integer_in<std::uint64_t>(l, p);
    }
  const row_number* at = std::partition_point(
      l.rows.get(), l.rows.get() + l.count,
      [&](row_number row) { return before(key_of(row), row, p); });
  return static_cast<std::uint32_t>(at - l.rows.get());
}

row_tree::position row_tree::lower(const probe& p) const noexcept {
  if (branches_.empty()) return end();
  const auto starts_before = [&](const leaf& l) { return before(l.key, l.first, p); };
  const auto b = std::partition_point(
      branches_.begin() + 1, branches_.end(),
      [&](const std::unique_ptr<branch>& one) { return starts_before(one->leaves.front()); });
  const std::vector<leaf>& leaves = (*(b - 1))->leaves;
  const auto l = std::partition_point(leaves.begin() + 1, leaves.end(), starts_before) - 1;
  return {static_cast<std::uint32_t>(b - 1 - branches_.begin()),
          static_cast<std::uint32_t>(l - leaves.begin()), entry_in(*l, p)};
}

row_number row_tree::at(position p) const noexcept {
  const std::vector<leaf>& leaves = branches_[p.branch]->leaves;
  if (p.entry < leaves[p.leaf].count) return leaves[p.leaf].rows[p.entry];
  return p.leaf + 1 < leaves.size() ? leaves[p.leaf + 1].first
                                    : branches_[p.branch + 1]->leaves.front().first;
}

std::size_t row_tree::rank(position at) const noexcept {
  std::size_t out = at.entry;
  for (std::uint32_t b = 0; b < at.branch; ++b) out += branches_[b]->size;
  if (at.branch < branches_.size())
    for (std::uint32_t l = 0; l < at.leaf; ++l) out += branches_[at.branch]->leaves[l].count;
  return out;
}

std::size_t row_tree::distance(position from, position to) const noexcept {
  const std::size_t low = rank(from), high = rank(to);
  return high > low ? high - low : 0;
}

bool row_tree::copy(position from, position to, std::size_t at_most,
                    std::vector<row_number>& into) const {
  for (; from < to; from = {from.branch + 1, 0, 0}) {
    const std::vector<leaf>& leaves = branches_[from.branch]->leaves;
    for (; from < to && from.leaf < leaves.size(); from = {from.branch, from.leaf + 1, 0}) {
      const leaf& l = leaves[from.leaf];
      const bool last = from.branch == to.branch && from.leaf == to.leaf;
      const std::size_t held = (last ? to.entry : l.count) - from.entry;
      const std::size_t taken = std::min(held, at_most);
      into.insert(into.end(), l.rows.get() + from.entry, l.rows.get() + from.entry + taken);
      at_most -= taken;
      if (taken < held) return true;
      if (last) return false;
    }
    if (from.branch >= to.branch) break;
  }
  return false;
}

bool row_tree::copy_backwards(position from, position to, std::size_t at_most,
                              std::vector<row_number>& into) const {
  while (from < to) {
    if (to.entry == 0) {  // on to the end of the leaf before
      if (to.leaf == 0) {
        --to.branch;
        to.leaf = static_cast<std::uint32_t>(branches_[to.branch]->leaves.size());
      }
      --to.leaf;
      to.entry = branches_[to.branch]->leaves[to.leaf].count;
      continue;
    }
    const leaf& l = branches_[to.branch]->leaves[to.leaf];
    const bool last = from.branch == to.branch && from.leaf == to.leaf;
    const std::uint32_t least = last ? from.entry : 0;
    const auto taken =
        static_cast<std::uint32_t>(std::min<std::size_t>(to.entry - least, at_most));
    for (std::uint32_t i = 0; i < taken; ++i) into.push_back(l.rows[to.entry - 1 - i]);
    at_most -= taken;
    to.entry -= taken;
    if (to.entry > least) return true;
    if (last) return false;
  }
  return false;
}

bool row_tree::full(position at) const noexcept {
  const leaf& l = branches_[at.branch]->leaves[at.leaf];
  return l.count == l.room;
}

void row_tree::insert(row_number row) {
  const probe p = probe_of(row);
  if (branches_.empty()) return build({&row, 1});
  position at = lower(p);
  while (full(at)) {
    make_room(at);
    at = lower(p);
  }
  branch& b = *branches_[at.branch];
  leaf& l = b.leaves[at.leaf];
  row_number* place = l.rows.get() + at.entry;
  std::memmove(place + 1, place, (l.count - at.entry) * sizeof(row_number));
  *place = row;
  ++l.count;
  ++b.size;
  ++size_;
  if (at.entry == 0) {
    l.first = row;
    l.key = p.key;
  }
}

/// Gives a full leaf more room, or splits it, or first the branch that it is in. Whatever fails
/// leaves the tree as it was.
void row_tree::make_room(position at) {
  branch& b = *branches_[at.branch];
  leaf& l = b.leaves[at.leaf];
  if (l.room < leaf_room) {
    const std::size_t room = std::min(leaf_room, l.room + std::max<std::size_t>(8, l.room / 2));
    std::unique_ptr<row_number[]> wider = row_array(room);
    std::copy_n(l.rows.get(), l.count, wider.get());
    l.rows = std::move(wider);
    l.room = static_cast<std::uint16_t>(room);
    return;
  }
  if (b.leaves.size() < branch_room) return split(at);
  const bool last = at.branch + 1 == branches_.size() && at.leaf + 1 == b.leaves.size();
  const std::size_t kept = last ? branch_room - 1 : branch_room / 2;
  auto next = std::make_unique<branch>();
  next->leaves.reserve(branch_room / 2 + 1);
  if (branches_.size() == branches_.capacity()) branches_.reserve(2 * branches_.size());
  for (std::size_t i = kept; i < b.leaves.size(); ++i) {
    next->size += b.leaves[i].count;
    next->leaves.push_back(std::move(b.leaves[i]));
  }
  b.leaves.resize(kept);
  b.size -= next->size;
  branches_.insert(branches_.begin() + at.branch + 1, std::move(next));
}

void row_tree::split(position at) {
  branch& b = *branches_[at.branch];
  // Where values rise, what is left behind stays full.
  const bool last = at.branch + 1 == branches_.size() && at.leaf + 1 == b.leaves.size() &&
                    at.entry == b.leaves[at.leaf].count;
  const std::size_t count = b.leaves[at.leaf].count, kept = last ? count - 1 : count / 2;
  const std::size_t moved = count - kept;
  const std::size_t room = last ? leaf_room : moved + moved / 4;
  leaf next;
  next.rows = row_array(room);
  std::unique_ptr<row_number[]> less = last ? nullptr : row_array(room);
  if (b.leaves.size() == b.leaves.capacity())
    b.leaves.reserve(std::min(branch_room, 2 * b.leaves.size()));
  leaf& l = b.leaves[at.leaf];
  std::copy_n(l.rows.get() + kept, moved, next.rows.get());
  next.first = next.rows[0];
  next.key = key_of(next.first);
  next.count = static_cast<std::uint16_t>(moved);
  next.room = static_cast<std::uint16_t>(room);
  l.count = static_cast<std::uint16_t>(kept);
  if (less) {
    std::copy_n(l.rows.get(), kept, less.get());
    l.rows = std::move(less);
    l.room = static_cast<std::uint16_t>(room);
  }
  b.leaves.insert(b.leaves.begin() + at.leaf + 1, std::move(next));
}

bool row_tree::remove(row_number row) noexcept {
  position at = lower(probe_of(row));
  if (at == end()) return false;
  if (at.entry == branches_[at.branch]->leaves[at.leaf].count) {
    at = {at.branch, at.leaf + 1, 0};
    if (at.leaf == branches_[at.branch]->leaves.size()) at = {at.branch + 1, 0, 0};
    if (at == end()) return false;
  }
  branch& b = *branches_[at.branch];
  leaf& l = b.leaves[at.leaf];
  row_number* place = l.rows.get() + at.entry;
  if (*place != row) return false;
  std::memmove(place, place + 1, (l.count - at.entry - 1) * sizeof(row_number));
  --l.count;
  --b.size;
  --size_;
  if (l.count == 0) {
    drop_leaf(at);
  } else {
    if (at.entry == 0) {
      l.first = l.rows[0];
      l.key = key_of(l.first);
    }
    if (l.count < few_entries && at.leaf + 1 < b.leaves.size()) join_next(at);
  }
  return true;
}

void row_tree::drop_leaf(position at) noexcept {
  std::vector<leaf>& leaves = branches_[at.branch]->leaves;
  leaves.erase(leaves.begin() + at.leaf);
  if (leaves.empty()) branches_.erase(branches_.begin() + at.branch);
}

/// Takes the entries of a leaf and the next into one of both, if one has room for them.
void row_tree::join_next(position at) noexcept {
  std::vector<leaf>& leaves = branches_[at.branch]->leaves;
  leaf &l = leaves[at.leaf], &next = leaves[at.leaf + 1];
  const std::size_t both = std::size_t{l.count} + next.count;
  if (both > joined_entries || both > std::max(l.room, next.room)) return;
  if (both <= l.room) {
    std::copy_n(next.rows.get(), next.count, l.rows.get() + l.count);
  } else {
    std::memmove(next.rows.get() + l.count, next.rows.get(), next.count * sizeof(row_number));
    std::copy_n(l.rows.get(), l.count, next.rows.get());
    l.rows = std::move(next.rows);
    l.room = next.room;
  }
  l.count = static_cast<std::uint16_t>(both);
  leaves.erase(leaves.begin() + at.leaf + 1);
}

void row_tree::merge(std::span<const row_number> a, std::span<const row_number> b,
                     std::span<row_number> into) const {
  std::merge(a.begin(), a.end(), b.begin(), b.end(), into.begin(),
             [&](row_number x, row_number y) { return before(key_of(x), x, probe_of(y)); });
}

void row_tree::build(std::span<const row_number> sorted) {
  std::vector<std::unique_ptr<branch>> fresh;
  const std::size_t leaves = (sorted.size() + built_leaf - 1) / built_leaf;
  fresh.reserve((leaves + built_branch - 1) / built_branch);
  for (std::size_t from = 0; from < sorted.size();) {
    if (fresh.empty() || fresh.back()->leaves.size() == built_branch) {
      fresh.push_back(std::make_unique<branch>());
      const std::size_t left = (sorted.size() - from + built_leaf - 1) / built_leaf;
      fresh.back()->leaves.reserve(left < built_branch ? left : branch_room);
    }
    const std::size_t count = std::min(built_leaf, sorted.size() - from);
    const std::size_t room = count == 1 ? first_room : std::min(leaf_room, count + 16);
    leaf l;
    l.rows = row_array(room);
    std::copy_n(sorted.data() + from, count, l.rows.get());
    l.first = l.rows[0];
    l.key = key_of(l.first);
    l.count = static_cast<std::uint16_t>(count);
    l.room = static_cast<std::uint16_t>(room);
    fresh.back()->leaves.push_back(std::move(l));
    fresh.back()->size += count;
    from += count;
  }
  branches_.swap(fresh);
  size_ = sorted.size();
}

std::size_t row_tree::byte_size() const noexcept {
  // What an allocation costs beyond its bytes.
  constexpr std::size_t overhead = 16;
  std::size_t out = branches_.capacity() * sizeof(void*) + overhead;
  for (const std::unique_ptr<branch>& b : branches_) {
    out += sizeof(branch) + b->leaves.capacity() * sizeof(leaf) + 2 * overhead;
    for (const leaf& l : b->leaves) out += l.room * sizeof(row_number) + overhead;
  }
  return out;
}

}  // namespace guanxi::query
