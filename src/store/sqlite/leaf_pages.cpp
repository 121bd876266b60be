#include "leaf_pages.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace guanxi::store::sqlite {

namespace {

constexpr std::size_t page_size = 4096;  // of every file that the library makes
constexpr std::uint8_t table_leaf = 13;

std::uint32_t number_at(std::span<const std::uint8_t> from, std::size_t at, int size) {
  std::uint32_t out = 0;
  for (int i = 0; i < size; ++i) out = out << 8 | from[at + static_cast<std::size_t>(i)];
  return out;
}

/// SQLite's integer of one to nine bytes; nothing if it goes beyond the end.
std::optional<std::uint64_t> varint(std::span<const std::uint8_t> from, std::size_t& at) {
  std::uint64_t out = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= from.size()) return std::nullopt;
    const std::uint8_t byte = from[at++];
    if (i == 8) return out << 8 | byte;
    out = out << 7 | (byte & 0x7f);
    if ((byte & 0x80) == 0) return out;
  }
  return out;
}

std::size_t size_of(std::uint64_t type) {
  constexpr std::size_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < 12 ? sizes[type] : static_cast<std::size_t>((type - 12) / 2);
}

std::int64_t integer_at(std::span<const std::uint8_t> from) {
  std::uint64_t out = !from.empty() && (from[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t byte : from) out = out << 8 | byte;
  return static_cast<std::int64_t>(out);
}

stored_cell cell_of(std::uint64_t type, std::span<const std::uint8_t> content) {
  if (type == 0) return {};
  if (type <= 6) return stored_cell::of(integer_at(content));
  if (type == 8 || type == 9) return stored_cell::of(static_cast<std::int64_t>(type - 8));
  if (type >= 13 && type % 2 == 1)
    return stored_cell::of(
        std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
  return {.holds = stored_cell::kind::other, .text = {}};
}

}  // namespace

leaf_pages::leaf_pages(const std::string& path) : file_(path, std::ios::binary | std::ios::ate) {
  if (file_) pages_ = static_cast<std::uint64_t>(file_.tellg()) / page_size;
  free_.resize(static_cast<std::size_t>(pages_) + 1);
  find_free();
}

bool leaf_pages::load(std::uint64_t page, bytes& into) {
  if (page < 1 || page > pages_) return false;
  into.resize(page_size);
  file_.clear();
  file_.seekg(static_cast<std::streamoff>((page - 1) * page_size));
  file_.read(reinterpret_cast<char*>(into.data()), page_size);
  return file_.gcount() == static_cast<std::streamsize>(page_size);
}

void leaf_pages::find_free() {
  bytes page;
  if (!load(1, page)) return;
  std::uint64_t trunk = number_at(page, 32, 4);
  for (std::uint64_t i = 0; i < pages_ && trunk <= pages_ && !free_[trunk] && load(trunk, page);
       ++i) {
    free_[trunk] = true;
    const std::size_t leaves = std::min<std::size_t>(number_at(page, 4, 4), page_size / 4 - 2);
    for (std::size_t leaf = 0; leaf < leaves; ++leaf)
      if (const std::uint32_t at = number_at(page, 8 + 4 * leaf, 4); at <= pages_) free_[at] = true;
    trunk = number_at(page, 0, 4);
  }
}

/// Gathers a row's bytes, over pages of its own where it is long.
bool leaf_pages::payload(const bytes& page, std::size_t at, std::uint64_t size) {
  constexpr std::uint64_t most = page_size - 35, least = (page_size - 12) * 32 / 255 - 23;
  const std::uint64_t part = size <= most ? size : least + (size - least) % (page_size - 4);
  const std::uint64_t here = part <= most ? part : least;
  // No row is longer than its file; a chain of pages may still lead in circles.
  if (size > pages_ * page_size || at + here > page.size()) return false;
  const auto begin = page.begin() + static_cast<std::ptrdiff_t>(at);
  payload_.assign(begin, begin + static_cast<std::ptrdiff_t>(here));
  if (here == size) return true;
  if (at + here + 4 > page.size()) return false;
  std::uint64_t next = number_at(page, at + static_cast<std::size_t>(here), 4);
  bytes more;
  while (payload_.size() < size) {
    if (!load(next, more)) return false;
    const auto take = static_cast<std::ptrdiff_t>(
        std::min<std::uint64_t>(page_size - 4, size - payload_.size()));
    payload_.insert(payload_.end(), more.begin() + 4, more.begin() + 4 + take);
    next = number_at(more, 0, 4);
  }
  return true;
}

bool leaf_pages::read_cell(const bytes& page, std::size_t at, id& row,
                           std::vector<stored_cell>& cells) {
  const std::optional<std::uint64_t> size = varint(page, at), key = varint(page, at);
  if (!size || !key || !payload(page, at, *size)) return false;
  row.value = static_cast<std::int64_t>(*key);
  std::size_t head = 0;
  const std::optional<std::uint64_t> head_size = varint(payload_, head);
  if (!head_size || *head_size > payload_.size()) return false;
  auto body = static_cast<std::size_t>(*head_size);
  const std::span<const std::uint8_t> all(payload_);
  cells.clear();
  while (head < *head_size) {
    const std::optional<std::uint64_t> type = varint(all.first(*head_size), head);
    if (!type || size_of(*type) > all.size() - body) return false;
    cells.push_back(cell_of(*type, all.subspan(body, size_of(*type))));
    body += size_of(*type);
  }
  return true;
}

bool leaf_pages::each(const std::function<bool(id, std::span<const stored_cell>)>& visit) {
  bytes page;
  std::vector<stored_cell> cells;
  for (std::uint64_t number = 1; number <= pages_; ++number) {
    const std::size_t start = number == 1 ? 100 : 0;
    if (free_[number] || !load(number, page) || page[start] != table_leaf) continue;
    const std::size_t rows =
        std::min<std::size_t>(number_at(page, start + 3, 2), (page_size - start - 8) / 2);
    for (std::size_t i = 0; i < rows; ++i) {
      id row;
      const std::size_t at = number_at(page, start + 8 + 2 * i, 2);
      if (at < page_size && read_cell(page, at, row, cells) && !visit(row, cells)) return false;
    }
  }
  return true;
}

}  // namespace guanxi::store::sqlite
