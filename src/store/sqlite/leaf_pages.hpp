// The rows on a file's leaf pages, read without the trees that lead to them: for files whose trees
// are broken.
//
//   leaf_pages pages(path);   pages.each([](id row, std::span<const stored_cell> cells) { … });
//
// Pages that the file itself says are free are left out. Which table a page belongs to, it does not
// say: the checksum of a record tells.
// Thread rule: one thread.
#pragma once

#include "guanxi/base/id.hpp"
#include "record_sum.hpp"

#include <cstdint>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace guanxi::store::sqlite {

class leaf_pages {
 public:
  explicit leaf_pages(const std::string& path);
  std::uint64_t pages() const noexcept { return pages_; }
  /// Until the visitor answers false; false then.
  bool each(const std::function<bool(id row, std::span<const stored_cell> cells)>& visit);

 private:
  using bytes = std::vector<std::uint8_t>;
  bool load(std::uint64_t page, bytes& into);
  void find_free();
  bool read_cell(const bytes& page, std::size_t at, id& row, std::vector<stored_cell>& cells);
  bool payload(const bytes& page, std::size_t at, std::uint64_t size);

  std::ifstream file_;
  std::uint64_t pages_ = 0;
  std::vector<bool> free_;  ///< by page, from 1
  bytes payload_;           ///< of the row at hand; its texts lie here
};

}  // namespace guanxi::store::sqlite
