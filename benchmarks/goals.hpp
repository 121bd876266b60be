// The comparisons, by goal.
#pragma once

#include "deals.hpp"
#include "measure.hpp"

namespace guanxi::bench {

struct settings {
  std::size_t rows = 1'000'000;
  int pairs = 7;
  std::string folder = ".";   ///< for files that are made on the way
  std::vector<std::string> goals;
  bool wants(std::string_view goal) const;
};

void measure_memory(const settings& how, book& into);     ///< M1 to M4, R1 against columns by hand
void measure_sqlite(const settings& how, book& into);     ///< S1 to S3
void measure_readers(const settings& how, book& into);    ///< X1
/// Sides that cheat, to see whether the harness finds them out.
void measure_planted(const settings& how, book& into);
/// Leaves the deals for Python's side: a SQLite file by hand and a store of ours.
void write_files(const settings& how);

}  // namespace guanxi::bench
