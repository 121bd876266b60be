// The directory of a snapshot file: where its blocks are, as numbers in a Boost text archive.
//
//   std::string text = written(d);   std::optional<directory> again = read(text);
//
// Thread rule: values.
#pragma once

#include "query/columns/cells_file.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace guanxi::store::memory {

struct block {
  std::uint64_t at = 0, size = 0;
};

struct column_entry {
  query::cells_shape shape;
  std::array<block, query::cells_file::blocks> blocks;
};

struct table_entry {
  std::uint64_t number = 0, rows = 0;
  block definition;
  std::vector<column_entry> columns;
};

struct directory {
  std::uint64_t commits = 0;
  std::vector<table_entry> tables;
};

std::string written(const directory& d);
/// Nothing if the text is no directory. It takes no more memory than a few times the text.
std::optional<directory> read(const std::string& text);

}  // namespace guanxi::store::memory
