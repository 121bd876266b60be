// The conformance kit for stores: tells the developer of one what is wrong with it, in sentences.
//
//   auto report = check([](opening) { return std::make_unique<my_driver>(); }).value();
//   for (const store_fault& f : report.faults) std::cerr << f.text << "\n";
//
// It runs small cases by name, then sequences by chance from the seed, each on the store and on the
// library's memory store at once; where the two part, it looks for the shortest sequence that still
// shows it, and names the function to look at. The store is filled with tables of the kit's own.
// Thread rule: on the calling thread alone.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/store/host.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace guanxi::store {

/// fresh: a new and empty store. again: what the last one kept, after that one was destroyed;
/// errc::unsupported where nothing stays.
enum class opening { fresh, again };
using driver_maker = std::function<result<std::unique_ptr<driver>>(opening)>;
using host_maker = std::function<result<std::unique_ptr<host>>(opening)>;

struct check_options {
  std::uint64_t seed = 1;
  std::size_t operations = 5'000;  ///< by chance, besides the cases
  progress on_progress = {};       ///< told of operations
  /// Whether each opening of a fresh store is one. Else it is one store throughout, and sequences
  /// take tables of ever new names.
  bool always_fresh = true;
  std::string batches = "put_all";  ///< what the developer calls put_all
};

/// Something that the store does wrong.
struct store_fault {
  std::string function;            ///< which to look at, such as "rollback"
  std::string text;                ///< what came back, what should have, and what to look at
  std::vector<std::string> steps;  ///< the shortest way there that was found, a call each
  std::string found_by;            ///< the case, or "chance" …
  std::uint64_t seed = 0;          ///< … and then its seed
};

struct check_report {
  std::vector<store_fault> faults;    ///< at most three for a function
  std::vector<std::string> skipped;  ///< what the store does not offer, so that it was not checked
  std::size_t cases = 0, operations = 0;
};

/// Errors: errc::interrupted, and those of making the store; what the store does wrong is a
/// fault and no error.
result<check_report> check(const driver_maker& make, const check_options& options = {});
/// The same for a store in the simplest terms; faults name its functions.
result<check_report> check_host(const host_maker& make, const check_options& options = {});

}  // namespace guanxi::store
