#include "support/c_store.hpp"

#include "own_store.hpp"

#include <algorithm>
#include <cstring>

namespace guanxi::test {

const c_shelf::row* c_shelf::find(const std::string& table, std::int64_t id) const {
  const auto t = tables_.find(table);
  if (t == tables_.end()) return nullptr;
  const auto found = t->second.find(id);
  return found == t->second.end() ? nullptr : &found->second;
}

void c_shelf::write(const std::string& table, std::int64_t id, std::optional<row> now) {
  const row* before = find(table, id);
  undo_.push_back({table, id, before ? std::optional<row>(*before) : std::nullopt});
  if (now) tables_[table][id] = std::move(*now);
  else tables_[table].erase(id);
}

void c_shelf::widen(const std::string& table, std::size_t at) {
  const rows before = tables_[table];
  for (auto [id, wider] : before) {
    wider.insert(wider.begin() + static_cast<std::ptrdiff_t>(at), cell());
    write(table, id, std::move(wider));
  }
}

void c_shelf::back_to(std::size_t position) {
  for (; undo_.size() > position; undo_.pop_back()) {
    written& w = undo_.back();
    if (w.before) tables_[w.table][w.id] = std::move(*w.before);
    else tables_[w.table].erase(w.id);
  }
}

std::vector<guanxi_value> values_of(const c_shelf::row& from) {
  std::vector<guanxi_value> out;
  for (const c_shelf::cell& c : from) {
    guanxi_value v = {};
    v.struct_size = sizeof v;
    v.type = c.type;
    v.integer = c.integer;
    v.scale = c.scale;
    if (c.type == GUANXI_TYPE_TEXT) {
      v.text = c.text.data();
      v.text_length = c.text.size();
    }
    out.push_back(v);
  }
  return out;
}

namespace {

c_shelf& shelf(void* self) { return *static_cast<c_shelf*>(self); }
std::string name_of(const guanxi_table* table) { return guanxi_table_name(table, nullptr); }

std::int32_t give(guanxi_answer* answer, const c_shelf::row& from, std::int32_t* more) {
  const std::vector<guanxi_value> row = values_of(from);
  return guanxi_answer_row(answer, row.data(), row.size(), more, nullptr);
}

std::int32_t get(void* self, const guanxi_table* table, std::int64_t id, guanxi_answer* answer) {
  const c_shelf::row* found = shelf(self).find(name_of(table), id);
  return found ? give(answer, *found, nullptr) : GUANXI_OK;
}

std::int32_t put(void* self, const guanxi_table* table, const guanxi_value* const* row,
                 std::size_t count, std::int64_t expected_revision, guanxi_answer*) {
  c_shelf::row now;
  for (std::size_t i = 0; i < count; ++i)
    now.push_back({row[i]->type, row[i]->scale, row[i]->integer,
                   row[i]->text ? std::string(row[i]->text, row[i]->text_length) : std::string()});
  const c_shelf::row* before = shelf(self).find(name_of(table), now[0].integer);
  if ((expected_revision == 0) != (before == nullptr)) return GUANXI_CONFLICT;
  if (before && (*before)[1].type != GUANXI_TYPE_NULL &&
      (*before)[1].integer != expected_revision)
    return GUANXI_CONFLICT;
  const std::int64_t id = now[0].integer;
  shelf(self).write(name_of(table), id, std::move(now));
  return GUANXI_OK;
}

std::int32_t erase(void* self, const guanxi_table* table, std::int64_t id, guanxi_answer*) {
  shelf(self).write(name_of(table), id, std::nullopt);
  return GUANXI_OK;
}

std::int32_t scan(void* self, const guanxi_table* table, std::int64_t after, std::uint64_t at_most,
                  guanxi_answer* answer) {
  const c_shelf::rows& rows = shelf(self).of(name_of(table));
  std::int32_t more = 1;
  for (auto i = rows.upper_bound(after); i != rows.end() && more && at_most > 0; ++i, --at_most)
    if (const std::int32_t code = give(answer, i->second, &more); code != GUANXI_OK) return code;
  return GUANXI_OK;
}

std::int32_t migrate(void* self, const guanxi_table* table, std::int32_t slot, guanxi_answer*) {
  if (slot >= 0) shelf(self).widen(name_of(table), static_cast<std::size_t>(slot));
  return GUANXI_OK;
}

std::int32_t begin(void* self, guanxi_answer*) {
  shelf(self).forget_undo();
  shelf(self).marks.clear();
  return GUANXI_OK;
}

std::int32_t rollback(void* self, guanxi_answer* answer) {
  shelf(self).back_to(0);
  return begin(self, answer);
}

std::int32_t savepoint(void* self, std::int32_t level, guanxi_answer*) {
  shelf(self).marks[level] = shelf(self).position();
  return GUANXI_OK;
}

std::int32_t keep(void* self, std::int32_t level, guanxi_answer*) {
  auto& marks = shelf(self).marks;
  marks.erase(marks.lower_bound(level), marks.end());
  return GUANXI_OK;
}

std::int32_t undo(void* self, std::int32_t level, guanxi_answer*) {
  auto& marks = shelf(self).marks;
  shelf(self).back_to(marks.at(level));
  marks.erase(marks.upper_bound(level), marks.end());
  return GUANXI_OK;
}

/// One cell of an Arrow column; decimals that come here fit 64 bits.
c_shelf::cell cell_of(const ArrowSchema& type, const ArrowArray& column, std::int64_t at) {
  const auto* valid = static_cast<const std::uint8_t*>(column.buffers[0]);
  if (valid && !((valid[at / 8] >> (at % 8)) & 1)) return {};
  const void* content = column.buffers[1];
  const std::string format = type.format;
  const auto number = [&](std::int32_t kind, std::size_t width) {
    c_shelf::cell out{kind, 0, 0, {}};
    std::int32_t narrow = 0;
    const char* from = static_cast<const char*>(content) + static_cast<std::size_t>(at) * width;
    if (width == 4) {
      std::memcpy(&narrow, from, sizeof narrow);
      out.integer = narrow;
    } else {
      std::memcpy(&out.integer, from, sizeof out.integer);
    }
    return out;
  };
  if (format == "u") {
    const auto* ends = static_cast<const std::int32_t*>(content);
    const auto* bytes = static_cast<const char*>(column.buffers[2]);
    return {GUANXI_TYPE_TEXT, 0, 0, std::string(bytes + ends[at], bytes + ends[at + 1])};
  }
  if (format == "b") {
    const auto* bits = static_cast<const std::uint8_t*>(content);
    return {GUANXI_TYPE_BOOLEAN, 0, (bits[at / 8] >> (at % 8)) & 1, {}};
  }
  if (format == "tdD") return number(GUANXI_TYPE_DATE, 4);
  if (format.rfind("ts", 0) == 0) return number(GUANXI_TYPE_INSTANT, 8);
  if (format.rfind("d:", 0) == 0) {
    c_shelf::cell out = number(GUANXI_TYPE_DECIMAL, 16);
    out.scale = std::stoi(format.substr(format.find(',') + 1));
    return out;
  }
  return number(GUANXI_TYPE_INTEGER, 8);
}

std::int32_t write_batch(void* self, const guanxi_table* table, ArrowArrayStream* rows,
                         guanxi_answer*) {
  ArrowSchema types = {};
  if (rows->get_schema(rows, &types) != 0) return GUANXI_STORE_IO;
  for (;;) {
    ArrowArray batch = {};
    if (rows->get_next(rows, &batch) != 0) return GUANXI_STORE_IO;
    if (!batch.release) break;
    for (std::int64_t at = 0; at < batch.length; ++at) {
      c_shelf::row now;
      for (std::int64_t c = 0; c < batch.n_children; ++c) {
        now.push_back(cell_of(*types.children[c], *batch.children[c], at));
        guanxi_field_info field = {};
        field.struct_size = sizeof field;
        guanxi_table_field(table, static_cast<std::int32_t>(c), &field, nullptr);
        if (field.kind == GUANXI_KIND_REFERENCE && now.back().type == GUANXI_TYPE_INTEGER)
          now.back().type = GUANXI_TYPE_REFERENCE;
      }
      const std::int64_t id = now[0].integer;
      shelf(self).write(name_of(table), id, std::move(now));
    }
    batch.release(&batch);
  }
  types.release(&types);
  rows->release(rows);
  return GUANXI_OK;
}

// ---- plan and execute: read by the C functions and worked out on cells alone ------------------

/// A term as the shelf keeps it.
struct c_term {
  std::int32_t slot = 0, how = 0;
  std::vector<c_shelf::cell> constants;
};

std::vector<c_term> terms_of(const guanxi_request* request) {
  std::vector<c_term> out;
  for (std::int32_t t = 0; t < guanxi_request_term_count(request); ++t) {
    guanxi_request_term info = {};
    info.struct_size = sizeof info;
    guanxi_request_term_info(request, t, &info, nullptr);
    c_term term{info.slot, info.comparison, {}};
    for (std::int32_t c = 0; c < info.constant_count; ++c) {
      guanxi_value v = {};
      v.struct_size = sizeof v;
      guanxi_request_constant(request, t, c, &v, nullptr);
      term.constants.push_back({v.type, v.scale, v.integer,
                                v.text ? std::string(v.text, v.text_length) : std::string()});
    }
    out.push_back(std::move(term));
  }
  return out;
}

std::string spelt(const c_term& t) {
  std::string out = std::to_string(t.slot) + " " + std::to_string(t.how);
  for (const c_shelf::cell& c : t.constants) out += " " + std::to_string(c.integer) + c.text;
  return out;
}

/// Below 0, 0 or above it; both are of the field's type.
int compared(const c_shelf::cell& a, const c_shelf::cell& b) {
  if (a.type == GUANXI_TYPE_TEXT) return a.text.compare(b.text);
  return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
}

bool holds(const c_term& t, const c_shelf::row& of) {
  static const auto services = make_text_services();
  const c_shelf::cell& c = of[static_cast<std::size_t>(t.slot)];
  const bool null = c.type == GUANXI_TYPE_NULL;
  if (t.how == GUANXI_COMPARE_IS_NULL) return null;
  if (t.how == GUANXI_COMPARE_IS_NOT_NULL) return !null;
  if (null) return false;
  if (t.how == GUANXI_COMPARE_IN)
    return std::any_of(t.constants.begin(), t.constants.end(),
                       [&](const auto& one) { return compared(c, one) == 0; });
  if (t.how == GUANXI_COMPARE_STARTS_WITH)
    return services->folded(c.text).starts_with(t.constants[0].text);
  const int by = compared(c, t.constants[0]);
  switch (t.how) {
    case GUANXI_COMPARE_EQUAL: return by == 0;
    case GUANXI_COMPARE_NOT_EQUAL: return by != 0;
    case GUANXI_COMPARE_LESS: return by < 0;
    case GUANXI_COMPARE_LESS_EQUAL: return by <= 0;
    case GUANXI_COMPARE_GREATER: return by > 0;
    default: return by >= 0;
  }
}

std::int32_t plan(void* self, const guanxi_table*, const guanxi_request* request,
                  guanxi_answer* answer) {
  std::set<std::string> exact;
  shelf(self).loose.clear();
  const std::vector<c_term> terms = terms_of(request);
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const bool looks = shelf(self).chance(85), prunes = shelf(self).chance(20);
    if (!looks) continue;
    (prunes ? shelf(self).loose : exact).insert(spelt(terms[t]));
    guanxi_answer_verdict(answer, static_cast<std::int32_t>(t),
                          prunes ? GUANXI_VERDICT_PRUNE : GUANXI_VERDICT_EXACT, nullptr);
  }
  // Of one term that is asked twice, the stricter promise holds.
  for (const std::string& kept : exact) shelf(self).loose.erase(kept);
  if (shelf(self).chance(70)) guanxi_answer_sorts(answer, nullptr);
  return GUANXI_OK;
}

/// Whether one row stands before another.
struct in_order {
  std::vector<guanxi_request_sort> keys;
  bool operator()(const c_shelf::row* a, const c_shelf::row* b) const {
    for (const guanxi_request_sort& k : keys) {
      const c_shelf::cell &x = (*a)[static_cast<std::size_t>(k.slot)],
                          &y = (*b)[static_cast<std::size_t>(k.slot)];
      const bool no_x = x.type == GUANXI_TYPE_NULL, no_y = y.type == GUANXI_TYPE_NULL;
      if (no_x != no_y) return no_x == (k.nulls_first != 0);
      if (const int by = no_x ? 0 : compared(x, y); by != 0)
        return k.is_descending ? by > 0 : by < 0;
    }
    return (*a)[0].integer < (*b)[0].integer;
  }
};

std::int32_t execute(void* self, const guanxi_table* table, const guanxi_request* request,
                     guanxi_answer* answer) {
  const std::vector<c_term> terms = terms_of(request);
  std::vector<const c_shelf::row*> found;
  for (const auto& [id, row] : shelf(self).of(name_of(table))) {
    const auto passes = [&, &from = row](const c_term& t) {
      return holds(t, from) || (shelf(self).loose.count(spelt(t)) != 0 && shelf(self).chance(50));
    };
    if (id > guanxi_request_after(request) && std::all_of(terms.begin(), terms.end(), passes))
      found.push_back(&row);
  }
  in_order before;
  for (std::int32_t k = 0; k < guanxi_request_sort_count(request); ++k) {
    before.keys.push_back({});
    before.keys.back().struct_size = sizeof(guanxi_request_sort);
    guanxi_request_sort_info(request, k, &before.keys.back(), nullptr);
  }
  std::sort(found.begin(), found.end(), before);
  const std::uint64_t limit = guanxi_request_limit(request);
  if (found.size() > limit) found.resize(limit);
  for (const c_shelf::row* each : found) {
    c_shelf::row given = *each;
    for (std::size_t slot = 0; slot < given.size(); ++slot)
      if (!guanxi_request_wants(request, static_cast<std::int32_t>(slot)) &&
          shelf(self).chance(50))
        given[slot] = {};
    if (const std::int32_t code = give(answer, given, nullptr); code != GUANXI_OK) return code;
  }
  return GUANXI_OK;
}

}  // namespace

guanxi_store c_shelf::functions(c_offer what) {
  guanxi_store out = {};
  out.struct_size = sizeof out;
  out.name = "shelf";
  out.name_length = GUANXI_NTS;
  out.get = get;
  out.put = put;
  out.erase = erase;
  out.scan = scan;
  if (what == c_offer::plain) return out;
  out.begin = begin;
  out.commit = begin;
  out.rollback = rollback;
  if (what == c_offer::transactions) return out;
  out.migrate = migrate;
  out.savepoint = savepoint;
  out.keep = keep;
  out.undo = undo;
  out.write_batch = write_batch;
  if (what == c_offer::all) return out;
  out.plan = plan;
  out.execute = execute;
  return out;
}

std::unique_ptr<store::driver> over_c(const guanxi_store& functions, void* self) {
  guanxi_store given = functions;
  if (given.name_length == GUANXI_NTS) given.name_length = std::strlen(given.name);
  auto out = std::make_unique<capi::c_store>(given, self);
  out->own();
  return store::guarded(std::move(out), false, make_text_services());
}

std::unique_ptr<store::driver> over_c(c_offer what, std::uint64_t seed) {
  guanxi_store owning = c_shelf::functions(what);
  owning.release = [](void* self) { delete static_cast<c_shelf*>(self); };
  auto kept = std::make_unique<c_shelf>();
  kept->random.seed(seed);
  return over_c(owning, kept.release());
}

}  // namespace guanxi::test
