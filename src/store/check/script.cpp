#include "script.hpp"

#include <limits>
#include <random>

namespace guanxi::store::checking {

namespace {

using kind = step::kind;
using expectation = step::expectation;

step put(std::int64_t key, std::uint64_t content = plain,
         expectation expected = expectation::nothing, std::uint8_t table = all_kinds) {
  return {.what = kind::put, .table = table, .key = key, .content = content, .expected = expected};
}
step change(std::int64_t key, std::uint64_t content, std::uint8_t table = all_kinds) {
  return put(key, content, expectation::present, table);
}
step on(kind what, std::int64_t key, std::uint8_t table = all_kinds) {
  return {.what = what, .table = table, .key = key};
}
step scan(std::int64_t after, int at_most, std::uint8_t table = all_kinds) {
  return {.what = kind::scan, .table = table, .key = after, .count = at_most};
}
step only(kind what, int level = 0) { return {.what = what, .count = level}; }

/// Rows of edge values and by chance, and requests for some of them.
script requests(std::uint64_t first, std::size_t how_many) {
  script out;
  for (std::uint64_t n = 0; n < edges; ++n)
    for (std::uint8_t table : {all_kinds, second})
      out.push_back(put(static_cast<std::int64_t>(n) + 1, n % 2 == 0 ? edge(n) : first_chance + n,
                        expectation::nothing, table));
  for (std::size_t n = 0; n < how_many; ++n)
    out.push_back({.what = kind::ask,
                   .table = n % 4 == 0 ? second : all_kinds,
                   .content = first + n});
  return out;
}

script round_trips() {
  script out;
  for (std::uint64_t n = 0; n < edges; ++n)
    for (std::uint8_t table : {all_kinds, second, bare_table})
      out.push_back(put(static_cast<std::int64_t>(n) + 1, edge(n), expectation::nothing, table));
  return out;
}

}  // namespace

std::vector<named_script> cases() {
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  const auto begin = only(kind::begin), commit = only(kind::commit),
             rollback = only(kind::rollback);
  std::vector<named_script> out = {
      {"an empty table", {on(kind::get, 1), scan(0, 10), on(kind::erase, 1)}},
      {"every kind of value", round_trips()},
      {"long texts",
       {put(1, long_texts), put(2, long_texts), put(1, long_texts, expectation::nothing, second),
        change(1, plain)}},
      {"a change replaces the whole row", {put(1, edge(2)), change(1, plain), change(1, edge(1))}},
      {"a row is not inserted twice", {put(1, edge(0)), put(1, edge(1))}},
      {"a stale revision is refused",
       {put(1), change(1, edge(1)), put(1, edge(2), expectation::stale)}},
      {"what is not there is not replaced", {put(1, plain, expectation::present)}},
      {"rows without revisions",
       {put(1, edge(1), expectation::nothing, bare_table), change(1, edge(2), bare_table),
        put(1, edge(3), expectation::nothing, bare_table), on(kind::erase, 1, bare_table)}},
      {"an erased row is gone and may come again",
       {put(1, edge(1)), put(2), on(kind::erase, 1), on(kind::erase, 1), put(1, edge(2))}},
      {"tables keep apart",
       {put(1, edge(1)), put(1, edge(2), expectation::nothing, second),
        put(1, edge(3), expectation::nothing, bare_table), on(kind::erase, 1),
        change(1, edge(1), second)}},
      {"pages in order",
       {put(30), put(2), put(last), put(100), put(1), put(9), put(10), scan(0, 3), scan(2, 2),
        scan(10, 1), scan(9, 100), scan(last, 10), scan(last - 1, 10), scan(31, 1)}},
      {"many at once",
       {{.what = kind::put_all, .key = 1, .content = edge(1), .count = 20},
        {.what = kind::put_all, .table = second, .key = 50, .content = edge(3), .count = 3},
        scan(5, 10)}},
      {"many at once where rows were erased",
       {put(1), put(2), put(3), on(kind::erase, 3), on(kind::erase, 2),
        {.what = kind::put_all, .key = 1, .content = edge(1), .count = 4}}},
      {"a rollback takes back",
       {put(1, edge(1)), put(2), begin, change(1, edge(2)), on(kind::erase, 2), put(3), rollback,
        begin, put(4), commit}},
      {"a commit stays", {begin, put(1, edge(1)), put(2), commit, begin, put(3), rollback}},
      {"a transaction goes on after a refusal", {put(1), begin, put(1), put(2), commit}},
      {"a savepoint takes back what came after it",
       {put(1, edge(1)), begin, put(2), only(kind::savepoint), change(1, edge(2)), put(3),
        on(kind::erase, 2), only(kind::undo, 1), put(4), commit}},
      {"savepoints nest",
       {begin, put(1), only(kind::savepoint), put(2), only(kind::savepoint), put(3),
        only(kind::undo, 2), put(4), only(kind::savepoint), put(5), only(kind::keep, 2),
        only(kind::undo, 1), put(6), commit}},
      {"a kept savepoint goes with a rollback",
       {begin, put(1), only(kind::savepoint), put(2), only(kind::keep, 1), rollback}},
      {"an outer savepoint takes back the inner ones",
       {begin, only(kind::savepoint), put(1), only(kind::savepoint), put(2),
        only(kind::savepoint), put(3), only(kind::undo, 1), put(4), commit}},
      {"rows are found by what is asked", requests(1, 200)},
      {"rows are found in the open transaction",
       {put(1, edge(1)), put(2, edge(2)), begin, change(1, edge(3)), on(kind::erase, 2),
        {.what = kind::ask, .content = 3}, {.what = kind::ask, .content = 4}, rollback,
        {.what = kind::ask, .content = 3}, {.what = kind::ask, .content = 4}}},
      {"rows gain a null where a field is added",
       {put(1, edge(1)), put(2, edge(2)), put(1, edge(2), expectation::nothing, second),
        only(kind::add_field), change(1, edge(3)), only(kind::add_field), change(2, edge(4)),
        put(3, edge(5))}},
      {"what is committed is there after a reopening",
       {put(1, edge(1)), put(2, edge(3)), on(kind::erase, 2), only(kind::reopen),
        change(1, edge(2)), begin, put(3), only(kind::abandon), put(4)}},
  };
  return out;
}

script by_chance(std::uint64_t seed, std::size_t length) {
  std::mt19937_64 random(seed);
  const auto under = [&](std::uint64_t n) { return random() % n; };
  script out;
  for (std::size_t i = 0; i < length; ++i) {
    step s;
    const std::uint64_t chosen = under(100);
    s.table = static_cast<std::uint8_t>(under(4) == 0 ? 1 + under(2) : 0);
    s.key = static_cast<std::int64_t>(under(12) == 0 ? under(5'000'000'000) : under(12)) + 1;
    s.content = under(10) == 0 ? edge(under(edges)) : first_chance + under(1'000'000'000);
    if (chosen < 45) {
      s.what = kind::put;
      const std::uint64_t how = under(10);
      s.expected = how < 5   ? expectation::present
                   : how < 9 ? expectation::nothing
                             : expectation::stale;
    } else if (chosen < 54) {
      s.what = kind::erase;
    } else if (chosen < 58) {
      s.what = kind::get;
    } else if (chosen < 63) {
      s.what = kind::ask;
    } else if (chosen < 67) {
      s.what = kind::scan;
      s.key = static_cast<std::int64_t>(under(14));
      s.count = static_cast<int>(under(8)) + 1;
    } else if (chosen < 69) {
      s.what = kind::put_all;
      s.count = static_cast<int>(under(6)) + 1;
    } else if (chosen < 76) {
      s.what = kind::begin;
    } else if (chosen < 80) {
      s.what = kind::commit;
    } else if (chosen < 83) {
      s.what = kind::rollback;
    } else if (chosen < 90) {
      s.what = kind::savepoint;
    } else if (chosen < 97) {
      s.what = chosen < 93 ? kind::keep : kind::undo;
      s.count = static_cast<int>(under(3)) + 1;
    } else if (chosen < 98) {
      s.what = kind::add_field;
    } else {
      s.what = under(2) == 0 ? kind::reopen : kind::abandon;
    }
    out.push_back(s);
  }
  return out;
}

}  // namespace guanxi::store::checking
