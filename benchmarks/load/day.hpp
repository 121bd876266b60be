// A company at work: users who act at once on one store, from a number of threads, for a while.
// What comes of it is a JSON line, from which benchmarks/load.py makes the table.
//
//   guanxi_benchmarks --load --store memory --rows 100000 --seconds 30 --crew 50:50 --crew 500:8
//                     --folder DIR --out load.jsonl
#pragma once

#include "company.hpp"

#include <string>
#include <vector>

namespace guanxi::bench::load {

struct crew {
  std::size_t users = 50;
  std::size_t threads = 50;  ///< that take turns at the users; as many: a thread each
};

struct day_options {
  store_kind store = store_kind::sqlite;
  std::int64_t records = 100'000;
  std::int64_t seconds = 30;   ///< for each crew
  std::uint64_t seed = 1;
  std::vector<crew> crews;     ///< one after the other, on one store
  std::string folder = ".";
  std::string out;
  /// A fault on purpose, to see whether it is found: `dropped` leaves an acknowledged change out
  /// of the book-keeping, `invented` puts one in that was not made, `misspelt` is a user whose
  /// lists ask for a field that is not there.
  std::string plant;
};

/// Whether all went well: no errors but those that trying again has solved, and a sound store.
bool work(const day_options& how);

}  // namespace guanxi::bench::load
