#pragma once

#include "guanxi/base/text_services.hpp"
#include "guanxi/schema/record.hpp"

#include <algorithm>

namespace guanxi::schema {

namespace detail_record {

inline error located(error why, const field& of) {
  if (of.of) why.in_entity(of.of->name());
  why.in_field(of.name);
  return why;
}

inline unexpected refused(errc code, const field& of, const std::string& rest) {
  return unexpected(located(error(code, "`" + of.name + "` " + rest), of));
}

/// An error of a parser, which knows the text but not the field.
inline unexpected refused(error why, const field& of) {
  why.set_message("`" + of.name + "` cannot be read: " + std::string(why.message()));
  return unexpected(located(std::move(why), of));
}

inline unexpected wrong_type(const field& of, const value& v) {
  return refused(errc::type_mismatch, of,
                 "is of kind " + std::string(name(of.type)) + " and takes no " +
                     std::string(guanxi::name(v.type())));
}

inline result<void> check_text(const field& of, std::string_view text) {
  if (const auto fault = utf8_fault(text))
    return refused(errc::invalid_text, of, "is not UTF-8 at byte " + std::to_string(*fault));
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos)
    return refused(errc::invalid_text, of,
                   "has a NUL character at byte " + std::to_string(nul) + "; leave it out");
  return {};
}

inline result<value> fit_integer(const field& of, value v) {
  if (v.type() == value_type::integer) return v;
  if (!v.is_number()) return wrong_type(of, v);
  if (!exact_at(v.as_decimal(), 0))
    return refused(errc::validation, of,
                   "holds whole numbers, and `" + v.to_string() + "` is none; round it first");
  result<decimal> whole = rescale(v.as_decimal(), 0);
  if (!whole) return refused(std::move(whole.error()), of);
  return value(whole->coefficient);
}

inline result<value> fit_decimal(const field& of, const value& v) {
  if (!v.is_number()) return wrong_type(of, v);
  const decimal number = v.number();
  if (!exact_at(number, of.scale))
    return refused(errc::validation, of,
                   "keeps " + std::to_string(of.scale) + " digits after the point, and `" +
                       v.to_string() + "` has more; round it first");
  const result<decimal> scaled = rescale(number, of.scale);
  if (!scaled)
    return refused(errc::overflow, of, "has no room for `" + v.to_string() + "` with " +
                                           std::to_string(of.scale) + " digits after the point");
  return value(*scaled);
}

inline result<value> fit_reference(const field& of, const value& v) {
  if (v.type() != value_type::integer && v.type() != value_type::reference)
    return wrong_type(of, v);
  const id to = v.type() == value_type::integer ? id{v.as_integer()} : v.as_id();
  if (!to)
    return refused(errc::validation, of, "refers to record " + std::to_string(to.value) +
                                             ", but ids begin at 1; use null for none");
  return value(to);
}

/// Digits only, so that "+7", " 7" and "7.0" are mistakes and not records.
inline result<value> integer_of(const field& of, std::string_view text, bool sign) {
  const bool minus = sign && !text.empty() && text[0] == '-';
  const std::string_view digits = text.substr(minus ? 1 : 0);
  const bool good = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
  if (!good) return refused(errc::parse, of, "takes a whole number, and " + in_backticks(text) +
                                                 " is none");
  result<decimal> read = decimal::parse(text);
  if (!read) return refused(std::move(read.error()), of);
  return value(read->coefficient);
}

inline result<value> fit_text(const field& of, value v) {
  const std::string_view text = v.as_text();
  if (of.type == kind::choice && !of.has_choice(text)) {
    nearest_name near(text);
    for (const choice_definition& c : of.choices) near.offer(c.code);
    return refused(errc::validation, of, "has no choice " + in_backticks(text) + near.hint());
  }
  if (of.of && of.of->currency_slot() == of.slot)
    if (result<currency> read = currency::parse(text); !read)
      return refused(errc::validation, of,
                     "takes three upper-case letters such as USD, not " + in_backticks(text));
  return v;
}

/// Text for a field that holds something else, as the C API and files pass it.
inline result<value> read_text(const field& of, const value& v) {
  const std::string_view text = v.as_text();
  const auto read = [&](auto parsed) -> result<value> {
    if (!parsed) return refused(std::move(parsed.error()), of);
    return value(*parsed);
  };
  switch (of.type) {
    case kind::integer: return integer_of(of, text, true);
    case kind::reference: return integer_of(of, text, false);
    case kind::decimal:
    case kind::money: return read(decimal::parse(text));
    case kind::date: return read(date::parse(text));
    case kind::instant: return read(instant::parse(text));
    default: return wrong_type(of, v);
  }
}

/// Slots that only the library writes.
inline bool set_by_library(std::uint16_t slot) noexcept {
  return slot == system_slot::id || slot == system_slot::revision ||
         slot == system_slot::owner_role || slot == system_slot::deletion_batch ||
         slot == system_slot::archived;
}

}  // namespace detail_record

GUANXI_INLINE id record::key() const noexcept {
  if (slots_.empty() || slots_[system_slot::id].type() != value_type::reference) return {};
  return slots_[system_slot::id].as_id();
}

GUANXI_INLINE std::int64_t record::revision() const noexcept {
  if (slots_.empty() || slots_[system_slot::revision].type() != value_type::integer) return 0;
  return slots_[system_slot::revision].as_integer();
}

GUANXI_INLINE result<value> record::find(std::string_view field_name) const {
  if (!of_) return unexpected(errc::misuse, "the record is empty and has no fields");
  const field* f = of_->find(field_name);
  if (f && visible(f->slot)) return slots_[f->slot];
  nearest_name near(field_name);
  for (const field& other : of_->fields())
    if (visible(other.slot)) near.offer(other.name);
  return unexpected(error(errc::unknown_name, "no field " + in_backticks(field_name) +
                                                  " on `" + std::string(of_->name()) + "`" +
                                                  near.hint())
                        .in_entity(of_->name())
                        .in_field(field_name));
}

GUANXI_INLINE void record::hide_behind(std::shared_ptr<const std::vector<bool>> mask) {
  // A mask of another entity says nothing about these slots, so it hides them all.
  if (mask && mask->size() != slots_.size())
    mask = std::make_shared<const std::vector<bool>>(slots_.size(), false);
  mask_ = std::move(mask);
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!visible(static_cast<std::uint16_t>(i))) slots_[i] = value();
}

GUANXI_INLINE void record::check_handle(std::uint32_t tag, std::uint16_t slot) const {
  if (!of_) throw failure(error(errc::misuse, "the record is empty and has no fields"));
  if ((tag == 0 || tag == of_->tag()) && slot < slots_.size()) return;
  throw failure(error(errc::misuse, "the handle is not one of `" + std::string(of_->name()) +
                                        "`; use a handle of the record's entity")
                    .in_entity(of_->name()));
}

GUANXI_INLINE result<value> fitted(const field& of, value v) {
  using namespace detail_record;
  if (v.is_null()) return v;
  if (v.type() == value_type::text) {
    if (result<void> good = check_text(of, v.as_text()); !good) return passed(good);
    if (stored_as(of.type) == value_type::text) return fit_text(of, std::move(v));
    result<value> read = read_text(of, v);
    if (!read) return read;
    v = std::move(*read);
  }
  switch (of.type) {
    case kind::integer: return fit_integer(of, std::move(v));
    case kind::decimal:
    case kind::money: return fit_decimal(of, v);
    case kind::reference: return fit_reference(of, v);
    default: break;
  }
  if (v.type() != stored_as(of.type)) return wrong_type(of, v);
  return v;
}

GUANXI_INLINE draft::draft(const entity& of, std::initializer_list<assignment> list) : of_(&of) {
  for (const assignment& a : list) set(a);
}

GUANXI_INLINE draft& draft::set(assignment a) {
  const bool fits = a.tag == 0 ? a.slot < system_slot::count
                               : a.tag == of_->tag() && a.slot < of_->slots();
  if (!fits) {
    errors_.push_back(error(errc::misuse, "a handle of another entity sets a field of `" +
                                              std::string(of_->name()) +
                                              "`; use a handle of the draft's entity")
                          .in_entity(of_->name()));
    return *this;
  }
  return assign(of_->at(a.slot), std::move(a.content), a.in);
}

GUANXI_INLINE draft& draft::set(std::string_view field_name, value v) {
  const field* f = named(field_name);
  return f ? assign(*f, std::move(v), {}) : *this;
}

GUANXI_INLINE draft& draft::set(std::string_view field_name, money m) {
  const field* f = named(field_name);
  return f ? assign(*f, value(m.amount), m.currency) : *this;
}

GUANXI_INLINE draft& draft::set_slot(std::uint16_t slot, value v) {
  const field& f = of_->at(slot);
  result<value> content = fitted(f, std::move(v));
  if (!content) {
    errors_.push_back(std::move(content.error()));
    return *this;
  }
  for (entry& e : entries_)
    if (e.slot == slot) {
      e.content = std::move(*content);
      return *this;
    }
  constexpr std::size_t usual = 8;
  if (entries_.empty()) entries_.reserve(usual);
  entries_.push_back({slot, std::move(*content)});
  return *this;
}

GUANXI_INLINE const field* draft::named(std::string_view field_name) {
  if (const field* f = of_->find(field_name)) return f;
  // No hint: a draft does not know which names its user may see.
  errors_.push_back(error(errc::unknown_name, "no field " + in_backticks(field_name) +
                                                  " on `" + std::string(of_->name()) + "`")
                        .in_entity(of_->name())
                        .in_field(field_name));
  return nullptr;
}

GUANXI_INLINE draft& draft::assign(const field& f, value v, currency in) {
  const auto refuse = [&](errc code, const std::string& rest) -> draft& {
    errors_.push_back(detail_record::located(error(code, "`" + f.name + "` " + rest), f));
    return *this;
  };
  if (f.system && detail_record::set_by_library(f.slot))
    return refuse(errc::validation, "is set by the library");
  const std::uint16_t at = of_->currency_slot();
  const value* known = at == no_slot ? nullptr : find(at);
  if (!in.empty()) {
    if (f.type != kind::money)
      return refuse(errc::type_mismatch,
                    "is of kind " + std::string(name(f.type)) + " and takes no currency");
    if (known && !known->is_null() && known->as_text() != in.text())
      return refuse(errc::mixed_currency, "is in " + std::string(in.text()) +
                                              " but the record is in " +
                                              std::string(known->as_text()));
  }
  // Naming another currency later would relabel an amount that came with its own.
  if (f.slot == at && priced_ != no_slot && known && !(*known == v))
    return refuse(errc::mixed_currency, "cannot change, as `" + of_->at(priced_).name +
                                            "` is in " + known->to_string());
  const std::size_t faults = errors_.size();
  set_slot(f.slot, std::move(v));
  if (in.empty() || errors_.size() != faults) return *this;
  priced_ = f.slot;
  return set_slot(at, value(in.text()));
}

GUANXI_INLINE bool draft::has(std::uint16_t slot) const noexcept { return find(slot) != nullptr; }

GUANXI_INLINE const value* draft::find(std::uint16_t slot) const noexcept {
  for (const entry& e : entries_)
    if (e.slot == slot) return &e.content;
  return nullptr;
}

}  // namespace guanxi::schema
