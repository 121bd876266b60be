// A host's own store: its functions as a store of the library, and what they may call.
#include "own_store.hpp"

#include "arguments.hpp"
#include "bodies.hpp"
#include "fields.hpp"
#include "options.hpp"
#include "values.hpp"

#include "guanxi/edge/arrow.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace guanxi::capi {

namespace {

/// Whether a group of functions is there; half of one is a mistake.
bool offered(std::string_view group, std::initializer_list<bool> there) {
  const auto count = std::count(there.begin(), there.end(), true);
  if (count != 0 && static_cast<std::size_t>(count) != there.size())
    refuse(errc::invalid_argument, "the functions " + std::string(group) +
                                       " of `store` come together; set all of them, or none");
  return count != 0;
}

/// A value of a host's row. Its text is checked; whether it fits the field is the guard's to say.
value row_value(const guanxi_value& given) {
  switch (given.type) {
    case GUANXI_TYPE_DATE:
      if (given.integer != static_cast<std::int32_t>(given.integer))
        refuse(errc::store_corrupt, "a date of " + std::to_string(given.integer) + " days is none");
      return date{static_cast<std::int32_t>(given.integer)};
    case GUANXI_TYPE_INSTANT: return instant{given.integer};
    case GUANXI_TYPE_REFERENCE: return id{given.integer};
    case GUANXI_TYPE_TEXT:
      return std::string_view(given.text, checked_length(given.text, given.text_length, "text"));
    default: return value_of(given);
  }
}

/// A row that is far too long is cut: that it is too long is then for the guard to say.
std::vector<value> row_of(const guanxi_answer& answer, const strided<guanxi_value>& given) {
  const std::size_t count = std::min(given.size(), std::size_t{schema::no_slot});
  std::vector<value> out;
  out.reserve(count);
  for (std::size_t slot = 0; slot < count; ++slot) {
    try {
      out.push_back(row_value(given[slot]));
    } catch (const failure& why) {
      refuse(errc::store_corrupt, "the store " + in_backticks(answer.store) +
                                      " gave a row whose slot " + std::to_string(slot) +
                                      " holds no value: " + std::string(why.error().message()));
    }
  }
  return out;
}

/// The column that a field becomes in a batch.
query::column_info column_of(const schema::field& f) {
  const bool scaled = schema::stored_as(f.type) == value_type::decimal;
  return {f.name,
          {.base = schema::stored_as(f.type), .scale = scaled ? f.scale : std::uint8_t{0}},
          &f};
}

}  // namespace

guanxi_store checked_functions(const guanxi_store& given) {
  const std::pair<bool, const char*> required[] = {{given.get != nullptr, "get"},
                                                   {given.put != nullptr, "put"},
                                                   {given.erase != nullptr, "erase"},
                                                   {given.scan != nullptr, "scan"}};
  for (const auto& [there, name] : required)
    if (!there)
      refuse(errc::invalid_argument,
             "the function `" + std::string(name) + "` of `store` is NULL, and is required");
  const bool transactions = offered("`begin`, `commit` and `rollback`",
                                    {given.begin != nullptr, given.commit != nullptr,
                                     given.rollback != nullptr});
  const bool savepoints =
      offered("`savepoint`, `keep` and `undo`",
              {given.savepoint != nullptr, given.keep != nullptr, given.undo != nullptr});
  offered("`plan` and `execute`", {given.plan != nullptr, given.execute != nullptr});
  if (savepoints && !transactions)
    refuse(errc::invalid_argument, "the savepoint functions of `store` need `begin`, `commit` and "
                                   "`rollback` beside them");
  return given;
}

c_store::c_store(const guanxi_store& functions, void* self)
    : functions_(checked_functions(functions)),
      self_(self),
      name_(functions.name ? std::string(functions.name, functions.name_length) : "own") {}

c_store::~c_store() {
  if (owned_ && functions_.release) shelter([&] { functions_.release(self_); });
}

store::host::offer c_store::offers() const noexcept {
  return {.transactions = functions_.begin != nullptr,
          .savepoints = functions_.savepoint != nullptr,
          .migrations = functions_.migrate != nullptr,
          .plans = functions_.plan != nullptr};
}

/// Lets a function of the host's run, and gives what it said as a result.
template <class Call>
result<void> c_store::run(const schema::entity* of, const store::row_taker* take, Call&& call) {
  table_.of = of;
  answer_ = {};
  answer_.open = true;
  answer_.store = name_;
  answer_.take = take;
  const std::int32_t code = call();
  answer_.open = false;
  answer_.take = nullptr;
  answer_.said = nullptr;
  table_.of = nullptr;
  request_.asked = nullptr;
  if (!answer_.fault) return answer_.fault;
  if (code == GUANXI_OK) return {};
  error why(static_cast<errc>(code), std::move(answer_.words));
  why.with_store_code(answer_.store_code);
  why.set_retriable(code == GUANXI_BUSY);
  return unexpected(std::move(why));
}

template <class Function, class... Level>
result<void> c_store::step(Function* function, Level... level) {
  return run(nullptr, nullptr, [&] { return function(self_, level..., &answer_); });
}

result<void> c_store::get(const schema::entity& of, id key, const store::row_taker& take) {
  return run(&of, &take,
             [&] { return functions_.get(self_, &table_, key.value, &answer_); });
}

result<void> c_store::put(const schema::entity& of, std::span<const value> row,
                          std::int64_t expected_revision) {
  std::vector<guanxi_value> values;
  values.reserve(row.size());
  for (const value& v : row) {
    values.push_back(c_value(v));
    values.back().struct_size = sizeof(guanxi_value);
  }
  std::vector<const guanxi_value*> pointers;
  pointers.reserve(row.size());
  for (const guanxi_value& v : values) pointers.push_back(&v);
  return run(&of, nullptr, [&] {
    return functions_.put(self_, &table_, pointers.data(), pointers.size(), expected_revision,
                          &answer_);
  });
}

result<void> c_store::erase(const schema::entity& of, id key) {
  return run(&of, nullptr,
             [&] { return functions_.erase(self_, &table_, key.value, &answer_); });
}

result<void> c_store::scan(const schema::entity& of, id after, std::size_t at_most,
                           const store::row_taker& take) {
  return run(&of, &take, [&] {
    return functions_.scan(self_, &table_, after.value, at_most, &answer_);
  });
}

result<void> c_store::put_all(std::span<const schema::record> fresh) {
  if (!functions_.write_batch || fresh.empty()) return host::put_all(fresh);
  const schema::entity& of = fresh.front().of();
  std::vector<query::column_info> columns;
  for (const schema::field& f : of.fields()) columns.push_back(column_of(f));
  auto rows = std::make_shared<query::rows>(std::move(columns), fresh.front().catalog());
  for (const schema::record& r : fresh) rows->append(r.slots());
  ArrowArrayStream stream = {};
  edge::export_stream(rows, &stream);
  auto done = run(&of, nullptr,
                  [&] { return functions_.write_batch(self_, &table_, &stream, &answer_); });
  if (stream.release) stream.release(&stream);  // a host that gave up may have left it
  return done;
}

result<void> c_store::migrate(const schema::entity& of, const schema::step& what) {
  const bool table = what.what == schema::step::kind::add_entity;
  return run(&of, nullptr, [&] {
    return functions_.migrate(self_, &table_, table ? -1 : what.slot, &answer_);
  });
}

result<void> c_store::plan(const schema::entity& of, const store::request& asked,
                           store::plan_answer& said) {
  return run(&of, nullptr, [&] {
    request_.asked = &asked;
    answer_.said = &said;
    return functions_.plan(self_, &table_, &request_, &answer_);
  });
}

result<void> c_store::execute(const schema::entity& of, const store::request& asked,
                              const store::row_taker& take) {
  return run(&of, &take, [&] {
    request_.asked = &asked;
    return functions_.execute(self_, &table_, &request_, &answer_);
  });
}

namespace {

/// What is asked; nothing once the function has returned.
const store::request& asked_of(const guanxi_request& request) {
  static const store::request nothing;
  return request.asked ? *request.asked : nothing;
}

const store::term& term_of(const guanxi_request& request, std::int32_t term) {
  return element(asked_of(request).terms, term, "term");
}

store::plan_answer& said_by(guanxi_answer& answer) {
  if (!answer.open || !answer.said)
    refuse(errc::misuse, "what a store would do is said by `plan` only, and before it returns");
  return *answer.said;
}

}  // namespace

namespace body {

std::unique_ptr<guanxi_tenant> open_store(const guanxi_environment* environment,
                                          const guanxi_store& store, void* self,
                                          const guanxi_open_options& options) {
  open_options how = options_from(options);
  if (environment) how.world = environment->content;
  ready_modules ready = modules_of(environment);
  how.modules = std::move(ready.modules);
  auto own = std::make_unique<c_store>(store, self);
  c_store& kept = *own;
  tenant opened = guanxi::open(std::move(own), how).value();
  std::string name(opened.store_name());
  auto out = std::make_unique<guanxi_tenant>(
      guanxi_tenant{std::move(opened), std::move(name), this_process(), std::move(ready.inside)});
  kept.own();  // nothing fails from here on
  return out;
}

std::string_view table_name(const guanxi_table& table) {
  return table.of ? table.of->name() : std::string_view();
}

std::int32_t table_slots(const guanxi_table& table) {
  return table.of ? count_of(table.of->slots()) : 0;
}

guanxi_field_info table_field(const guanxi_table& table, std::int32_t slot) {
  if (slot < 0 || slot >= table_slots(table))
    refuse(errc::invalid_argument, "slot " + std::to_string(slot) + " is none of " +
                                       std::to_string(table_slots(table)));
  return field_info_of(table.of->at(static_cast<std::uint16_t>(slot)));
}

std::int32_t request_term_count(const guanxi_request& request) {
  return count_of(asked_of(request).terms.size());
}

guanxi_request_term request_term_info(const guanxi_request& request, std::int32_t term) {
  const store::term& t = term_of(request, term);
  guanxi_request_term out = {};
  out.slot = t.of->slot;
  out.comparison = static_cast<std::int32_t>(t.how);
  out.constant_count = count_of(t.constants.size());
  return out;
}

guanxi_value request_constant(const guanxi_request& request, std::int32_t term,
                              std::int32_t constant) {
  return c_value(element(term_of(request, term).constants, constant, "constant"));
}

std::int32_t request_sort_count(const guanxi_request& request) {
  return count_of(asked_of(request).sort.size());
}

guanxi_request_sort request_sort_info(const guanxi_request& request, std::int32_t key) {
  const store::sort_key& k = element(asked_of(request).sort, key, "key");
  guanxi_request_sort out = {};
  out.slot = k.of->slot;
  out.is_descending = k.descending ? 1 : 0;
  out.nulls_first = k.nulls_first ? 1 : 0;
  return out;
}

std::uint64_t request_limit(const guanxi_request& request) { return asked_of(request).limit; }

std::int64_t request_after(const guanxi_request& request) { return asked_of(request).after.value; }

std::int32_t request_wants(const guanxi_request& request, std::int32_t slot) {
  const std::vector<std::uint16_t>& wanted = asked_of(request).columns;
  return std::binary_search(wanted.begin(), wanted.end(), slot) ? 1 : 0;
}

void answer_verdict(guanxi_answer& answer, std::int32_t term, std::int32_t verdict) {
  std::vector<query::verdict>& said = said_by(answer).terms;
  element(said, term, "term");
  if (verdict < GUANXI_VERDICT_UNSUPPORTED || verdict > GUANXI_VERDICT_EXACT)
    refuse(errc::invalid_argument, "there is no verdict " + std::to_string(verdict) +
                                       "; give one of GUANXI_VERDICT_…");
  said[static_cast<std::size_t>(term)] = static_cast<query::verdict>(verdict);
}

void answer_sorts(guanxi_answer& answer) { said_by(answer).sort = true; }

void answer_row(guanxi_answer& answer, strided<guanxi_value> row, std::int32_t* more) {
  if (!answer.open || !answer.take)
    refuse(errc::misuse, "a row is given by `get`, `scan` and `execute` only, and before they "
                         "return");
  if (!answer.fault) throw failure(answer.fault.error());
  if (answer.enough) return;
  try {
    const bool on = (*answer.take)(row_of(answer, row)).value();
    answer.enough = !on;
    if (more) *more = on ? 1 : 0;
  } catch (const failure& why) {
    answer.fault = unexpected(why.error());  // the function may keep it to itself
    throw;
  } catch (...) {
    answer.fault = unexpected(error(errc::out_of_memory, {}));
    throw;
  }
}

void answer_explain(guanxi_answer& answer, std::string_view message, std::int32_t store_code) {
  if (!answer.open)
    refuse(errc::misuse, "an error is explained by the function that returns it, before it does");
  answer.words.assign(message);
  answer.store_code = store_code;
}

}  // namespace body

}  // namespace guanxi::capi
