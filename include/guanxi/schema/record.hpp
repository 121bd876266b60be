// Records: one value per slot. Drafts: the few assignments that a caller makes.
//
//   std::optional<money> m = record[opportunity::amount];
//   draft d(*catalog->find("account"));
//   d.set(account::name = "Acme").set("phone", "+86 10 …");
//
// A record that was read for a user carries what that user may see; every other slot is null and
// visible(slot) is false.
// Ownership: a record holds its catalog. Thread rule: a value.
#pragma once

#include "guanxi/schema/catalog.hpp"

#include <initializer_list>
#include <optional>
#include <vector>

namespace guanxi::schema {

class record {
 public:
  record() = default;
  record(catalog_ptr catalog, const entity& of)
      : catalog_(std::move(catalog)), of_(&of), slots_(of.slots()) {}

  const entity& of() const noexcept { return *of_; }
  const catalog_ptr& catalog() const noexcept { return catalog_; }
  bool empty() const noexcept { return of_ == nullptr; }

  id key() const noexcept;                 ///< 0 while it has none
  std::int64_t revision() const noexcept;  ///< 0 while it is not stored
  bool deleted() const noexcept { return !slots_[system_slot::deletion_batch].is_null(); }
  bool archived() const noexcept { return !slots_[system_slot::archived].is_null(); }

  const value& at(std::uint16_t slot) const noexcept { return slots_[slot]; }
  void set(std::uint16_t slot, value v) { slots_[slot] = std::move(v); }
  std::span<const value> slots() const noexcept { return slots_; }

  /// Reads a field by handle; nothing if it is null or not visible. A handle of another entity is
  /// a mistake of the caller's and throws failure (errc::misuse).
  template <class T>
  std::optional<T> operator[](const handle<T>& h) const;
  /// Reads a field by name, as the acting user sees it: a hidden name is an unknown name.
  result<value> find(std::string_view field_name) const;

  bool visible(std::uint16_t slot) const noexcept { return !mask_ || (*mask_)[slot]; }
  /// Nulls what the mask hides. The mask has a bit per slot.
  void hide_behind(std::shared_ptr<const std::vector<bool>> mask);

 private:
  void check_handle(std::uint32_t tag, std::uint16_t slot) const;

  catalog_ptr catalog_;
  const entity* of_ = nullptr;
  std::vector<value> slots_;
  std::shared_ptr<const std::vector<bool>> mask_;
};

/// Turns a value into what a field stores: an integer fits a decimal field, a decimal is brought to
/// the field's scale if that loses no digit, a whole decimal fits an integer field, an integer a
/// reference, and text that reads as one fits a number, date, instant or reference field. Text must
/// be UTF-8 without NUL, a choice one of its codes, the currency of amounts an ISO 4217 code. Null
/// always fits. Else errc::type_mismatch, errc::invalid_text, errc::parse, errc::overflow or
/// errc::validation naming the field.
result<value> fitted(const field& of, value v);

class draft {
 public:
  explicit draft(const entity& of) : of_(&of) {}
  draft(const entity& of, std::initializer_list<assignment> list);

  const entity& of() const noexcept { return *of_; }
  /// Sets by handle; a second value replaces the first, and an amount also sets the currency.
  /// Errors are kept and reported by the create or change that takes the draft: a value that does
  /// not fit, a field that only the library sets (errc::validation), a handle of another entity
  /// (errc::misuse), amounts of two currencies (errc::mixed_currency).
  draft& set(assignment a);
  /// Sets by name, besides errc::unknown_name with the same errors.
  draft& set(std::string_view field_name, value v);
  draft& set(std::string_view field_name, money m);
  /// For the write pipeline: any slot of the entity, checked by fitted() alone.
  draft& set_slot(std::uint16_t slot, value v);

  bool has(std::uint16_t slot) const noexcept;
  const value* find(std::uint16_t slot) const noexcept;
  struct entry { std::uint16_t slot; value content; };
  std::span<const entry> entries() const noexcept { return entries_; }
  std::span<const error> errors() const noexcept { return errors_; }

 private:
  const field* named(std::string_view field_name);
  draft& assign(const field& f, value v, currency in);

  const entity* of_;
  std::uint16_t priced_ = no_slot;  // the amount that brought the record's currency
  std::vector<entry> entries_;
  std::vector<error> errors_;
};

template <class T>
std::optional<T> record::operator[](const handle<T>& h) const {
  check_handle(h.tag(), h.slot());
  const value& v = slots_[h.slot()];
  if (v.is_null()) return std::nullopt;
  if constexpr (std::is_same_v<T, bool>) return v.as_boolean();
  else if constexpr (std::is_same_v<T, std::int64_t>) return v.as_integer();
  else if constexpr (std::is_same_v<T, guanxi::decimal>) return v.as_decimal();
  else if constexpr (std::is_same_v<T, std::string_view>) return v.as_text();
  else if constexpr (std::is_same_v<T, guanxi::date>) return v.as_date();
  else if constexpr (std::is_same_v<T, guanxi::instant>) return v.as_instant();
  else if constexpr (std::is_same_v<T, guanxi::id>) return v.as_id();
  else {
    money m{v.as_decimal(), {}};
    const std::uint16_t at = of_->currency_slot();
    if (at != no_slot && !slots_[at].is_null())
      if (auto c = currency::parse(slots_[at].as_text())) m.currency = *c;
    return m;
  }
}

}  // namespace guanxi::schema

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/schema/record-inl.hpp"
#endif
