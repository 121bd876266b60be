// Requests of a pair: what the store says to them and gives for them, beside all rows that the
// memory store holds.
#include "asked.hpp"
#include "pair.hpp"
#include "said.hpp"

#include "store/host/inquiry.hpp"
#include "store/host/requesting.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::store::checking {

namespace {

using host_row::requesting;

/// Reads as the library does: at once what is sorted or limited, else page by page.
result<std::vector<schema::record>> rows_of(requesting& door, const schema::catalog_ptr& catalog,
                                            const schema::entity& of, request asked) {
  if (asked.limit > 0) return said([&] { return door.found(catalog, of, asked); });
  constexpr std::size_t page = 3;
  asked.limit = page;
  std::vector<schema::record> out;
  for (;;) {
    auto some = said([&] { return door.found(catalog, of, asked); });
    if (!some) return some;
    const bool last = some->size() < page;
    std::move(some->begin(), some->end(), std::back_inserter(out));
    if (last) return out;
    asked.after = out.back().key();
  }
}

/// The rows that a request is due, of all that there are.
std::vector<schema::record> due_of(std::vector<schema::record> all, const request& asked,
                                   const text_services& text) {
  std::erase_if(all, [&](const schema::record& r) {
    return !std::all_of(asked.terms.begin(), asked.terms.end(),
                        [&](const term& t) { return passes(t, r.slots(), &text); });
  });
  std::sort(all.begin(), all.end(), [&](const schema::record& a, const schema::record& b) {
    return stands_before(asked.sort, a.slots(), b.slots());
  });
  if (asked.limit > 0 && all.size() > asked.limit) all.resize(asked.limit);
  return all;
}

/// A row as far as it is looked at.
schema::record only(const schema::record& r, std::span<const std::uint16_t> columns) {
  schema::record out = r;
  for (std::uint16_t slot = 0; slot < r.of().slots(); ++slot)
    if (!std::binary_search(columns.begin(), columns.end(), slot)) out.set(slot, value());
  return out;
}

const schema::record* with_key(const std::vector<schema::record>& in, id key) {
  const auto at = std::find_if(in.begin(), in.end(),
                               [&](const schema::record& r) { return r.key() == key; });
  return at == in.end() ? nullptr : &*at;
}

/// "`count` > 5 (exact) and …".
std::string verdicts_in_words(const host_row::taken& p) {
  std::string out;
  for (std::size_t t = 0; t < p.what.terms.size(); ++t)
    out += (t == 0 ? "" : " and ") + store::in_words(p.what.terms[t]) +
           (p.exact[t] ? " (exact)" : " (prune)");
  return out;
}

}  // namespace

/// A row that was given, held against what is stored and what was promised.
pair::where pair::same_given(const std::string& call, const request& asked,
                             const std::vector<bool>& exact, const schema::record& got,
                             const std::vector<schema::record>& all) {
  const std::string row = "row " + std::to_string(got.key().value);
  const schema::record* stored = with_key(all, got.key());
  if (!stored) return part("execute", call + "gives " + row + ", and there is none");
  const std::string differs =
      difference(only(got, asked.columns), only(*stored, asked.columns));
  if (!differs.empty()) return part("execute", call + "gives, of " + row + ", " + differs);
  for (std::size_t t = 0; t < asked.terms.size(); ++t)
    if (exact[t] && !passes(asked.terms[t], stored->slots(), text_.get()))
      return part("plan", call + "gives " + row + ", for which " +
                              store::in_words(asked.terms[t]) + " does not hold (" +
                              shown(*stored) + "), though `plan` called it exact; `prune` would be "
                                               "right if no row is missing");
  return {};
}

/// What is wrong about what the store says and does about a request, or nothing.
pair::where pair::same_found(requesting& door, std::size_t table, const request& asked) {
  const schema::entity& of = table_of(*catalog_, table);
  const auto answer = said([&] { return door.said_to(of, asked); });
  if (!answer)
    return part("plan", "`plan` of " + name(table) + " " + in_words(asked) + " failed with " +
                            words(answer.error()));
  // A request of the kit has nothing beside its terms that keeps a row out.
  const host_row::taken does = host_row::to_execute(
      {.of = &of, .wanted = asked, .filter_of = {}, .all_said = {}, .complete = true}, *answer);
  if (!host_row::is_worth(does)) return {};
  const std::string call = "`execute` of " + name(table) + " " + in_words(does.what) + " ";
  const auto got = rows_of(door, catalog_, of, does.what);
  if (!got) return part("execute", call + "failed with " + words(got.error()));
  const auto all = page(*known_, table, {}, enough, now()).value();
  for (const schema::record& r : *got)
    if (where at = same_given(call, does.what, does.exact, r, all)) return at;
  const std::vector<schema::record> due = due_of(all, does.what, *text_);
  for (std::size_t i = 0; i < due.size(); ++i) {
    const std::string row = "row " + std::to_string(due[i].key().value);
    if (!with_key(*got, due[i].key()))
      return part("execute", call + "does not give " + row + " (" + shown(due[i]) + "), which " +
                                 (does.what.terms.empty() ? "is due"
                                                          : "passes " + verdicts_in_words(does)));
    if (does.what.limit > 0 && (*got)[i].key() != due[i].key())
      return part("execute", call + "gives row " + std::to_string((*got)[i].key().value) +
                                 " at place " + std::to_string(i + 1) + ", where " + row +
                                 " is due");
  }
  return {};
}

pair::where pair::ask(const step& s) {
  auto* const door = dynamic_cast<requesting*>(tested_.get());
  if (!door || !door->plans()) return {};
  request asked = asked_by_chance(catalog_, s.table, s.content, *text_);
  where found = same_found(*door, s.table, asked);
  if (!found) return {};
  // The least part of it that shows the same is what its developer wants to hear of.
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (request& less : lesser(asked, table_of(*catalog_, s.table))) {
      where at = same_found(*door, s.table, less);
      if (!at || at->function != found->function) continue;
      asked = std::move(less);
      found = std::move(at);
      smaller = true;
      break;
    }
  }
  tell("`plan` and `execute` of " + name(s.table) + " " + in_words(asked));
  return part(found->function, found->text);
}

}  // namespace guanxi::store::checking
