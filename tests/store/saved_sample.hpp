// A memory store's contents with a few records, and what a store or a file holds as text.
//
//   sample_store s(7);   told_file(saved(s), s.catalog) == told(s.inside, s.catalog);
#pragma once

#include "memory_sample.hpp"

#include "guanxi/store/memory.hpp"
#include "store/memory/snapshot.hpp"
#include "store/memory/writer.hpp"
#include "support/stores.hpp"

#include <string>

namespace guanxi::test {

using store::memory::contents;
using store::memory::snapshot;
using store::memory::system_calls;
using store::memory::writer;

/// Contents with the sample's tables and some records in them.
struct sample_store {
  explicit sample_store(std::uint64_t seed, int records = 30) : by(seed) {
    const schema::catalog_ptr nothing = catalog_of({});
    with.begin();
    with.migrate(*catalog, schema::steps_between(*nothing, *catalog).value()).value();
    for (int i = 1; i <= records; ++i) put(id{i}, 0);
    with.put(by.record(catalog, "gx_note", id{9}, 0), 0).value();
    with.erase(*catalog->find("thing"), id{7});
    with.commit();
  }
  void put(id key, std::int64_t expected) {
    with.put(by.record(catalog, "thing", key, expected + 1), expected).value();
  }

  random_records by;
  schema::catalog_ptr catalog = catalog_of(sample_definitions());
  contents inside;
  writer with{inside};
};

/// Everything that is committed, as text.
inline std::string told(store::driver& d, const schema::catalog_ptr& catalog) {
  std::string out;
  for (const auto& e : catalog->entities()) {
    const auto each = [&](const schema::record& r) -> result<bool> {
      for (const value& v : r.slots()) out += v.to_string() + "|";
      out += "\n";
      return true;
    };
    d.scan(catalog, *e, {}, 1'000'000, store::view::committed, each).value();
    out += "--\n";
  }
  return out;
}

inline std::string told(const contents& in, const schema::catalog_ptr& catalog) {
  std::string out;
  for (const auto& e : catalog->entities()) {
    const store::memory::table* t = in.find(*e);
    for (store::memory::row_number row = t->columns.next({}); row != store::memory::no_row;) {
      schema::record r(catalog, *e);
      t->columns.fill(row, r);
      for (const value& v : r.slots()) out += v.to_string() + "|";
      out += "\n";
      row = t->columns.next(r.key());
    }
    out += "--\n";
  }
  return out;
}

inline std::string told_file(const std::string& path, const schema::catalog_ptr& catalog) {
  auto d = store::open_memory({.path = path, .create = false});
  return d ? told(**d, catalog) : "error: " + std::string(d.error().message());
}

inline std::string saved(sample_store& s) {
  const std::string path = fresh_path();
  system_calls calls;
  snapshot::save(s.inside, path, calls).value();
  return path;
}

}  // namespace guanxi::test
