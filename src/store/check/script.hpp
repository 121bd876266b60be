// Sequences of calls, as data: made by chance or by hand, run, cut short and told in words.
//
//   script s = by_chance(seed, 60);   s.push_back({.what = step::kind::rollback});
//
// Thread rule: values.
#pragma once

#include "content.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace guanxi::store::checking {

struct step {
  enum class kind : std::uint8_t {
    put, erase, get, scan, put_all, begin, commit, rollback, savepoint, keep, undo, add_field,
    ask,             ///< plan and execute, of a request that `content` is the seed of
    reopen, abandon  ///< closes with a transaction open, and opens again
  };
  /// What put expects to find: nothing, what is there, or what is not there any more.
  enum class expectation : std::uint8_t { nothing, present, stale };

  kind what = kind::get;
  std::uint8_t table = 0;
  std::int64_t key = 1;  ///< the record; the first of put_all; what scan begins after
  std::uint64_t content = plain;
  expectation expected = expectation::nothing;
  int count = 0;  ///< rows of put_all, most of scan, level of a savepoint
};
using script = std::vector<step>;

/// A small sequence for one promise of a store.
struct named_script {
  std::string name;
  script steps;
};
std::vector<named_script> cases();
script by_chance(std::uint64_t seed, std::size_t length);

}  // namespace guanxi::store::checking
