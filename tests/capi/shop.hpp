// A small shop for the tests of the C interface: an in-memory store with two users, a pipeline of
// two stages and a clock that stands still.
#pragma once

#include "guanxi.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace shop {

inline constexpr std::size_t nts = GUANXI_NTS;

template <auto Release>
struct releaser {
  template <class T>
  void operator()(T* handle) const { Release(handle); }
};
template <class T, auto Release>
using owner = std::unique_ptr<T, releaser<Release>>;

using environment = owner<guanxi_environment, guanxi_environment_release>;
using tenant = owner<guanxi_tenant, guanxi_tenant_release>;
using session = owner<guanxi_session, guanxi_session_release>;
using draft = owner<guanxi_draft, guanxi_draft_release>;
using record = owner<guanxi_record, guanxi_record_release>;
using prepared_query = owner<guanxi_prepared, guanxi_prepared_release>;
using parameters = owner<guanxi_parameters, guanxi_parameters_release>;
using answer = owner<guanxi_result, guanxi_result_release>;
using buffer = owner<guanxi_buffer, guanxi_buffer_release>;

/// The error of one call after another.
class fault {
 public:
  fault() = default;
  fault(const fault&) = delete;
  fault& operator=(const fault&) = delete;
  ~fault() { guanxi_error_release(error_); }
  guanxi_error** out() {
    guanxi_error_release(error_);
    error_ = nullptr;
    return &error_;
  }
  const guanxi_error* get() const { return error_; }
  std::string message() const { return guanxi_error_message(error_, nullptr); }
  std::string field() const { return guanxi_error_field(error_, nullptr); }

 private:
  guanxi_error* error_ = nullptr;
};

/// For what a test needs before it begins: a failure ends the test.
inline void must(std::int32_t code, const fault& f) {
  if (code != GUANXI_OK) throw std::runtime_error(f.message());
}

inline draft new_draft(guanxi_session* s, std::string_view entity) {
  fault f;
  guanxi_draft* out = nullptr;
  must(guanxi_draft_create(s, entity.data(), entity.size(), &out, f.out()), f);
  return draft(out);
}

inline void set(const draft& d, std::string_view field, std::string_view text) {
  fault f;
  must(guanxi_draft_set_text(d.get(), field.data(), field.size(), text.data(), text.size(),
                             f.out()), f);
}

inline void point(const draft& d, std::string_view field, std::int64_t id) {
  fault f;
  must(guanxi_draft_set_reference(d.get(), field.data(), field.size(), id, f.out()), f);
}

inline record create(guanxi_session* s, const draft& d) {
  fault f;
  guanxi_record* out = nullptr;
  must(guanxi_create(s, d.get(), nullptr, &out, f.out()), f);
  return record(out);
}

inline answer query(guanxi_session* s, std::string_view text,
                    const guanxi_parameters* with = nullptr) {
  fault f;
  guanxi_result* out = nullptr;
  must(guanxi_query(s, text.data(), text.size(), with, nullptr, &out, f.out()), f);
  return answer(out);
}

inline std::string text_of(const record& r, std::string_view field) {
  fault f;
  const char* out = nullptr;
  must(guanxi_record_text(r.get(), field.data(), field.size(), &out, nullptr, f.out()), f);
  return out ? out : "null";
}

/// A value of any type, to hand in.
inline guanxi_value a_text(std::string_view text) {
  guanxi_value out = {};
  out.struct_size = sizeof out;
  out.type = GUANXI_TYPE_TEXT;
  out.text = text.data();
  out.text_length = text.size();
  return out;
}
inline guanxi_value an_integer(std::int64_t number) {
  guanxi_value out = {};
  out.struct_size = sizeof out;
  out.type = GUANXI_TYPE_INTEGER;
  out.integer = number;
  return out;
}

/// What a call that fills a struct gives.
template <class Struct, class Call, class... Place>
Struct told(Call call, Place... place) {
  fault f;
  Struct out = {};
  out.struct_size = sizeof out;
  must(call(place..., &out, f.out()), f);
  return out;
}

class store {
 public:
  static constexpr std::int64_t now = 1'767'603'600'000'000;  // 2026-01-05T09:00:00Z

  /// `kind` is GUANXI_STORE_KIND_…, of a store that keeps nothing.
  explicit store(std::int32_t kind = GUANXI_STORE_KIND_SQLITE) {
    fault f;
    guanxi_environment* made = nullptr;
    must(guanxi_environment_create(&made, f.out()), f);
    const environment world(made);
    must(guanxi_environment_set_clock(
             made, [](void* self) { return static_cast<store*>(self)->tell(); }, this, nullptr,
             f.out()), f);
    guanxi_tenant* opened = nullptr;
    guanxi_open_options how = {};
    how.struct_size = sizeof how;
    how.store = kind;
    must(guanxi_open(made, ":memory:", nts, &how, &opened, f.out()), f);
    crm.reset(opened);
    system = as_system();
    hire("li");
    hire("wang");
    const draft pipeline = new_draft(system.get(), "pipeline");
    set(pipeline, "name", "Sales");
    const std::int64_t sales = guanxi_record_id(create(system.get(), pipeline).get());
    qualified = add_stage(sales, "Qualified", "25");
    proposal = add_stage(sales, "Proposal", "60");
    li = as("li");
    wang = as("wang");
  }

  session as(std::string_view login) const {
    fault f;
    guanxi_session* out = nullptr;
    must(guanxi_as_user(crm.get(), login.data(), login.size(), &out, f.out()), f);
    return session(out);
  }

  session as_system() const {
    fault f;
    guanxi_session* out = nullptr;
    must(guanxi_as_system(crm.get(), "test", nts, &out, f.out()), f);
    return session(out);
  }

  record account(guanxi_session* s, std::string_view name) const {
    const draft d = new_draft(s, "account");
    set(d, "name", name);
    return create(s, d);
  }

  record deal(guanxi_session* s, std::string_view name, std::int64_t cents) const {
    const draft d = new_draft(s, "opportunity");
    set(d, "name", name);
    point(d, "stage", qualified);
    fault f;
    must(guanxi_draft_set_money(d.get(), "amount", nts, cents, 2, "USD", nts, f.out()), f);
    return create(s, d);
  }

  /// Makes a field no field for those who have the standard rights.
  void hide(std::string_view entity, std::string_view field) const {
    const draft d = new_draft(system.get(), "field_right");
    point(d, "permission_set", standard());
    set(d, "entity", entity);
    set(d, "field", field);
    create(system.get(), d);
  }

  std::int64_t count(std::string_view entity) const {
    const answer a = query(system.get(), "select count() from " + std::string(entity));
    fault f;
    std::int64_t out = -1;
    must(guanxi_result_integer(a.get(), 0, 0, &out, nullptr, f.out()), f);
    return out;
  }

  tenant crm;
  session system, li, wang;
  std::int64_t qualified = 0, proposal = 0;
  bool clock_throws = false;

 private:
  std::int64_t tell() const {
    if (clock_throws) throw std::runtime_error("the clock is broken");
    return now;
  }

  std::int64_t standard() const {
    const answer a =
        query(system.get(), "select id from permission_set where name = 'Standard user'");
    fault f;
    std::int64_t out = 0;
    must(guanxi_result_reference(a.get(), 0, 0, &out, nullptr, f.out()), f);
    return out;
  }

  void hire(std::string_view login) const {
    const draft d = new_draft(system.get(), "user");
    set(d, "login", login);
    set(d, "name", login);
    const std::int64_t user = guanxi_record_id(create(system.get(), d).get());
    const draft assignment = new_draft(system.get(), "permission_assignment");
    point(assignment, "user", user);
    point(assignment, "permission_set", standard());
    create(system.get(), assignment);
  }

  std::int64_t add_stage(std::int64_t pipeline, std::string_view name,
                         std::string_view percent) const {
    const draft d = new_draft(system.get(), "stage");
    set(d, "name", name);
    point(d, "pipeline", pipeline);
    set(d, "probability", percent);
    return guanxi_record_id(create(system.get(), d).get());
  }
};

}  // namespace shop
