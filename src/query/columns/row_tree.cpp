#include "row_tree.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace guanxi::query {

namespace {

inline constexpr std::size_t leaf_room = 128, first_room = 8, branch_room = 256;
inline constexpr std::size_t built_branch = 224;
/// What has fewer entries joins its neighbour, if both together leave room.
inline constexpr std::size_t few_entries = 32, joined_entries = 96;
/// The tag of keys that are too far from the leaf's first.
inline constexpr std::uint16_t far = 0xffff;

/// Rows and tags of a leaf; `room` is even.
std::unique_ptr<row_number[]> row_array(std::size_t room) {
  return std::make_unique_for_overwrite<row_number[]>(room + room / 2);
}

std::size_t even(std::size_t n) noexcept { return (n + 1) & ~std::size_t{1}; }

}  // namespace

std::uint64_t key_of(std::int64_t x) noexcept {
  return static_cast<std::uint64_t>(x) ^ (std::uint64_t{1} << 63);
}

std::uint64_t key_of(std::string_view text) noexcept {
  char bytes[8] = {};
  text.copy(bytes, sizeof bytes);  // not memcpy: an empty text may have no address
  std::uint64_t out = 0;
  for (const char byte : bytes) out = out << 8 | static_cast<unsigned char>(byte);
  return out;
}

std::uint16_t row_tree::leaf::tag_of(std::uint64_t of_key) const noexcept {
  if (of_key <= origin) return 0;
  return static_cast<std::uint16_t>(std::min<std::uint64_t>((of_key - origin) >> shift, far));
}

/// Tags for keys between these, and as far again above.
void row_tree::leaf::set_range(std::uint64_t first_key, std::uint64_t last_key) noexcept {
  origin = first_key;
  const auto bits = static_cast<int>(std::bit_width(last_key - first_key));
  shift = static_cast<std::uint8_t>(std::max(0, bits - 15));
}

std::uint64_t row_tree::key_of(row_number row) const noexcept {
  if (nulls_) return row;
  const std::uint64_t code = cells_->code(row);
  if (code == 0) return 0;
  return texts() ? query::key_of(cells_->text(code)) : query::key_of(cells_->integer(code));
}

row_tree::probe row_tree::probe_of(row_number row) const noexcept {
  if (!texts()) return {.key = key_of(row), .text = {}, .row = row};
  const std::uint64_t code = cells_->code(row);
  const std::string_view text = cells_->text(code);
  return {.key = query::key_of(text), .text = text, .code = code, .row = row};
}

bool row_tree::before(std::uint64_t key, row_number row, const probe& p) const noexcept {
  if (key != p.key) return key < p.key;
  if (texts())
    if (const std::uint64_t code = cells_->code(row); code != p.code)
      if (const int by_text = cells_->text(code).compare(p.text); by_text != 0) return by_text < 0;
  return row < p.row;
}

/// Whether all rows from one entry to another, which have the probe's key, have its value.
bool row_tree::same(row_number first, row_number last, const probe& p) const noexcept {
  if (!texts() || p.text.size() < 8) return true;  // what is shorter is all in the key
  return p.code != 0 && cells_->code(first) == p.code && cells_->code(last) == p.code;
}

/// The last of some children that begins before the probe, or the first of all.
template <class First>
std::uint32_t row_tree::child(const std::vector<std::uint64_t>& keys, const First& first,
                              const probe& p) const noexcept {
  const std::uint64_t* k = keys.data();
  const auto count = static_cast<std::uint32_t>(keys.size());
  std::uint32_t at = 0;  // how many have lesser keys
  for (std::uint32_t left = count; left > 0;) {
    const std::uint32_t half = left / 2;
    const bool lesser = k[at + half] < p.key;
    at = lesser ? at + half + 1 : at;
    left = lesser ? left - half - 1 : half;
  }
  if (at < count && k[at] == p.key) {
    const auto last = static_cast<std::uint32_t>(std::upper_bound(k + at, k + count, p.key) - k);
    const bool by_row = same(first(at), first(last - 1), p);
    for (std::uint32_t left = last - at; left > 0;) {
      const std::uint32_t half = left / 2;
      const row_number row = first(at + half);
      const bool lesser = by_row ? row < p.row : before(p.key, row, p);
      at = lesser ? at + half + 1 : at;
      left = lesser ? left - half - 1 : half;
    }
  }
  return at > 0 ? at - 1 : 0;
}

/// The leaf that a probe's place is in.
row_tree::position row_tree::leaf_for(const probe& p) const noexcept {
  position out;
  out.branch = child(keys_, [&](std::uint32_t b) { return branches_[b]->leaves[0].first; }, p);
  const branch& b = *branches_[out.branch];
  out.leaf = child(b.keys, [&](std::uint32_t l) { return b.leaves[l].first; }, p);
  return out;
}

std::uint32_t row_tree::entry_in(position of, const probe& p) const noexcept {
  const branch& b = *branches_[of.branch];
  const leaf& l = b.leaves[of.leaf];
  const std::uint16_t* tags = l.tags();
  const std::uint16_t tag = l.tag_of(p.key);
  if (tags[l.count - 1] < tag) return l.count;
  const auto first = static_cast<std::uint32_t>(std::lower_bound(tags, tags + l.count, tag) - tags);
  if (tags[first] != tag) return first;
  const auto last = static_cast<std::uint32_t>(
      std::upper_bound(tags + first, tags + l.count, tag) - tags);
  // Among entries of its tag. One that leaves nothing out and is not cut off is of one key.
  const row_number* rows = l.rows.get();
  const bool one_key = l.shift == 0 && l.origin <= std::min(b.keys[of.leaf], p.key) && tag != far;
  if (one_key && same(rows[first], rows[last - 1], p))
    return static_cast<std::uint32_t>(std::lower_bound(rows + first, rows + last, p.row) - rows);
  const auto is_before = [&](row_number row) { return before(key_of(row), row, p); };
  if (is_before(rows[last - 1])) return last;
  return static_cast<std::uint32_t>(
      std::partition_point(rows + first, rows + last - 1, is_before) - rows);
}

row_tree::position row_tree::lower(const probe& p) const noexcept {
  if (branches_.empty()) return end();
  position out = leaf_for(p);
  out.entry = entry_in(out, p);
  return out;
}

void row_tree::fetch(row_number row) const noexcept {
  if (branches_.empty()) return;
  const position at = leaf_for(probe_of(row));
  const leaf& l = branches_[at.branch]->leaves[at.leaf];
  const auto* tags = reinterpret_cast<const char*>(l.tags());
  for (std::size_t byte = 0; byte < l.room * sizeof l.tags()[0]; byte += 64)
    __builtin_prefetch(tags + byte, 1);
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

void row_tree::insert(row_number row) {
  const probe p = probe_of(row);
  if (branches_.empty()) {
    row_tree_loader alone(*this);
    alone.add(p.key, row);
    alone.complete();
    return alone.finish();
  }
  position at = lower(p);
  for (;;) {
    const leaf& l = branches_[at.branch]->leaves[at.leaf];
    if (l.count < l.room) break;
    make_room(at);
    at = lower(p);
  }
  branch& b = *branches_[at.branch];
  leaf& l = b.leaves[at.leaf];
  const auto put = [&](auto* to, auto what) {
    std::memmove(to + 1, to, (l.count - at.entry) * sizeof *to);
    *to = what;
  };
  put(l.rows.get() + at.entry, row);
  put(l.tags() + at.entry, l.tag_of(p.key));
  ++l.count;
  ++b.size;
  ++size_;
  if (at.entry > 0) return;
  l.first = row;
  set_key(at, p.key);
}

void row_tree::branch::reserve(std::size_t count) {
  keys.reserve(count);
  leaves.reserve(count);
}

void row_tree::set_key(position of, std::uint64_t key) noexcept {
  branches_[of.branch]->keys[of.leaf] = key;
  if (of.leaf == 0) keys_[of.branch] = key;
}

/// Gives a full leaf more room, or splits it, or first the branch that it is in. Whatever fails
/// leaves the tree as it was.
void row_tree::make_room(position at) {
  branch& b = *branches_[at.branch];
  leaf& l = b.leaves[at.leaf];
  if (l.room == leaf_room) return b.leaves.size() < branch_room ? split(at) : split_branch(at);
  const std::size_t room =
      std::min(leaf_room, even(l.room + std::max<std::size_t>(8, l.room / 2)));
  std::unique_ptr<row_number[]> wider = row_array(room);
  std::copy_n(l.rows.get(), l.count, wider.get());
  std::copy_n(l.tags(), l.count, reinterpret_cast<std::uint16_t*>(wider.get() + room));
  l.rows = std::move(wider);
  l.room = static_cast<std::uint16_t>(room);
  if (b.keys[at.leaf] < l.origin || l.tags()[l.count - 1] == far) tag(l);
}

void row_tree::split_branch(position at) {
  branch& b = *branches_[at.branch];
  const bool last = at.branch + 1 == branches_.size() && at.leaf + 1 == b.leaves.size();
  const std::size_t kept = last ? branch_room - 1 : branch_room / 2;
  auto next = std::make_unique<branch>();
  next->reserve(branch_room / 2 + 1);
  if (keys_.size() == keys_.capacity()) keys_.reserve(2 * keys_.size());
  if (branches_.size() == branches_.capacity()) branches_.reserve(2 * branches_.size());
  for (std::size_t i = kept; i < b.leaves.size(); ++i) {
    next->size += b.leaves[i].count;
    next->keys.push_back(b.keys[i]);
    next->leaves.push_back(std::move(b.leaves[i]));
  }
  b.keys.resize(kept);
  b.leaves.resize(kept);
  b.size -= next->size;
  keys_.insert(keys_.begin() + at.branch + 1, next->keys.front());
  branches_.insert(branches_.begin() + at.branch + 1, std::move(next));
}

void row_tree::split(position at) {
  branch& b = *branches_[at.branch];
  // Where values rise, what is left behind stays full.
  const bool last = at.branch + 1 == branches_.size() && at.leaf + 1 == b.leaves.size() &&
                    at.entry == b.leaves[at.leaf].count;
  const std::size_t count = b.leaves[at.leaf].count, kept = last ? count - 1 : count / 2;
  const std::size_t moved = count - kept;
  const std::size_t room = last ? leaf_room : even(moved + moved / 4);
  leaf next;
  next.rows = row_array(room);
  std::unique_ptr<row_number[]> less = last ? nullptr : row_array(room);
  if (b.leaves.size() == b.leaves.capacity() || b.keys.size() == b.keys.capacity())
    b.reserve(std::min(branch_room, 2 * b.leaves.size()));
  leaf& l = b.leaves[at.leaf];
  std::copy_n(l.rows.get() + kept, moved, next.rows.get());
  next.room = static_cast<std::uint16_t>(room);
  next.count = static_cast<std::uint16_t>(moved);
  l.count = static_cast<std::uint16_t>(kept);
  if (less) {
    std::copy_n(l.rows.get(), kept, less.get());
    l.rows = std::move(less);
    l.room = static_cast<std::uint16_t>(room);
    tag(l);
  }
  b.keys.insert(b.keys.begin() + at.leaf + 1, tag(next));
  b.leaves.insert(b.leaves.begin() + at.leaf + 1, std::move(next));
}

/// Makes the tags of a leaf's rows anew; gives the key of the first.
std::uint64_t row_tree::tag(leaf& l) const noexcept {
  l.first = l.rows[0];
  const std::uint64_t key = key_of(l.first);
  l.set_range(key, key_of(l.rows[l.count - 1]));
  for (std::size_t i = 0; i < l.count; ++i) l.tags()[i] = l.tag_of(key_of(l.rows[i]));
  return key;
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
  if (l.rows[at.entry] != row) return false;
  const auto take = [&](auto* from) {
    std::memmove(from, from + 1, (l.count - at.entry - 1) * sizeof *from);
  };
  take(l.rows.get() + at.entry);
  take(l.tags() + at.entry);
  --l.count;
  --b.size;
  --size_;
  if (l.count == 0) {
    drop_leaf(at);
  } else {
    if (at.entry == 0) {
      l.first = l.rows[0];
      set_key(at, key_of(l.first));
    }
    if (l.count < few_entries && at.leaf + 1 < b.leaves.size()) join_next(at);
  }
  return true;
}

void row_tree::drop_leaf(position at) noexcept {
  branch& b = *branches_[at.branch];
  b.leaves.erase(b.leaves.begin() + at.leaf);
  b.keys.erase(b.keys.begin() + at.leaf);
  if (b.leaves.empty()) {
    branches_.erase(branches_.begin() + at.branch);
    keys_.erase(keys_.begin() + at.branch);
  } else {
    keys_[at.branch] = b.keys.front();
  }
}

/// Takes the entries of a leaf and the next into one of both, if one has room for them.
void row_tree::join_next(position at) noexcept {
  branch& b = *branches_[at.branch];
  leaf &l = b.leaves[at.leaf], &next = b.leaves[at.leaf + 1];
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
  tag(l);
  b.leaves.erase(b.leaves.begin() + at.leaf + 1);
  b.keys.erase(b.keys.begin() + at.leaf + 1);
}

void row_tree::clear() noexcept {
  keys_.clear();
  branches_.clear();
  size_ = 0;
}

std::size_t row_tree::byte_size() const noexcept {
  // What an allocation costs beyond its bytes.
  constexpr std::size_t overhead = 16;
  std::size_t out = branches_.capacity() * (sizeof(void*) + sizeof keys_[0]) + 2 * overhead;
  for (const std::unique_ptr<branch>& b : branches_) {
    out += sizeof(branch) + b->leaves.capacity() * sizeof(leaf) +
           b->keys.capacity() * sizeof b->keys[0] + 3 * overhead;
    for (const leaf& l : b->leaves) out += (l.room + l.room / 2) * sizeof(row_number) + overhead;
  }
  return out;
}

void row_tree_loader::reserve(std::size_t entries) { left_ = entries; }

void row_tree_loader::flush() {
  const std::size_t leaves = std::max<std::size_t>(1, (left_ + full - 1) / full);
  if (branches_.empty() || branches_.back()->leaves.size() == built_branch) {
    auto fresh = std::make_unique<row_tree::branch>();
    fresh->reserve(leaves < built_branch ? leaves : branch_room);
    branches_.push_back(std::move(fresh));
    branch_keys_.push_back(keys_[0]);
  }
  const std::size_t room = held_ == 1 ? first_room : std::min(leaf_room, even(held_ + 16));
  row_tree::leaf l;
  l.rows = row_array(room);
  l.room = static_cast<std::uint16_t>(room);
  l.count = static_cast<std::uint16_t>(held_);
  l.first = rows_[0];
  l.set_range(keys_[0], keys_[held_ - 1]);
  std::copy_n(rows_, held_, l.rows.get());
  std::uint16_t* tags = l.tags();
  for (std::size_t i = 0; i < held_; ++i) tags[i] = l.tag_of(keys_[i]);
  branches_.back()->keys.push_back(keys_[0]);
  branches_.back()->leaves.push_back(std::move(l));
  branches_.back()->size += held_;
  size_ += held_;
  left_ -= std::min(left_, held_);
  held_ = 0;
}

void row_tree_loader::complete() {
  if (held_ > 0) flush();
}

void row_tree_loader::finish() noexcept {
  into_->keys_.swap(branch_keys_);
  into_->branches_.swap(branches_);
  into_->size_ = size_;
}

}  // namespace guanxi::query
