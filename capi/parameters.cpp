// Parameters of queries and reports.
#include "arguments.hpp"
#include "parameters.hpp"

#include <algorithm>

using namespace guanxi::capi;
using guanxi::value;
using guanxi::expr::parameter_value;

namespace guanxi::capi {

const std::vector<parameter_value>& content_of(const guanxi_parameters* parameters) {
  static const std::vector<parameter_value> none;
  return parameters ? parameters->content : none;
}

}  // namespace guanxi::capi

namespace {

std::string_view name_of(const char* name, std::size_t length) {
  const std::string_view out = text(name, length, "name");
  if (out.empty()) refuse(guanxi::errc::invalid_argument, "`name` is empty");
  return out;
}

parameter_value* find(guanxi_parameters& in, std::string_view name) {
  const auto at = std::find_if(in.content.begin(), in.content.end(),
                               [&](const parameter_value& p) { return p.name == name; });
  return at == in.content.end() ? nullptr : &*at;
}

void put(guanxi_parameters& in, parameter_value p) {
  if (parameter_value* at = find(in, p.name)) *at = std::move(p);
  else in.content.push_back(std::move(p));
}

void set(guanxi_parameters* parameters, const char* name, std::size_t length, value v) {
  guanxi_parameters& in = need(parameters, "parameters");
  parameter_value p;
  p.name = name_of(name, length);
  p.content = std::move(v);
  put(in, std::move(p));
}

void set_list(guanxi_parameters* parameters, const char* name, std::size_t length) {
  guanxi_parameters& in = need(parameters, "parameters");
  parameter_value p;
  p.name = name_of(name, length);
  p.is_list = true;
  put(in, std::move(p));
}

void append(guanxi_parameters* parameters, const char* name, std::size_t length, value v) {
  guanxi_parameters& in = need(parameters, "parameters");
  const std::string_view asked = name_of(name, length);
  parameter_value* at = find(in, asked);
  if (!at) {
    set_list(parameters, name, length);
    at = &in.content.back();
  }
  if (!at->is_list)
    refuse(guanxi::errc::misuse, guanxi::in_backticks(asked) +
                                     " has a single value; make it a list before you append");
  at->list.push_back(std::move(v));
}

}  // namespace

int32_t guanxi_parameters_create(guanxi_parameters** parameters, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_parameters*& into = output(parameters, "parameters");
    into = new guanxi_parameters{};
  });
}

void guanxi_parameters_release(guanxi_parameters* parameters) { delete parameters; }

int32_t guanxi_parameters_set_null(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, guanxi_error** err) {
  return barrier(err, [&] { set(parameters, name, name_length, value()); });
}

int32_t guanxi_parameters_set_boolean(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int32_t value, guanxi_error** err) {
  return barrier(err, [&] { set(parameters, name, name_length, value != 0); });
}

int32_t guanxi_parameters_set_integer(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int64_t value, guanxi_error** err) {
  return barrier(err, [&] { set(parameters, name, name_length, value); });
}

int32_t guanxi_parameters_set_decimal(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int64_t coefficient, int32_t scale,
                                      guanxi_error** err) {
  return barrier(err, [&] {
    set(parameters, name, name_length, decimal_value(coefficient, scale));
  });
}

int32_t guanxi_parameters_set_text(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, const char* text, size_t text_length,
                                   guanxi_error** err) {
  return barrier(err, [&] {
    set(parameters, name, name_length, guanxi::capi::text(text, text_length, "text"));
  });
}

int32_t guanxi_parameters_set_date(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, int32_t days, guanxi_error** err) {
  return barrier(err, [&] { set(parameters, name, name_length, date_value(days)); });
}

int32_t guanxi_parameters_set_instant(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int64_t microseconds,
                                      guanxi_error** err) {
  return barrier(err, [&] { set(parameters, name, name_length, instant_value(microseconds)); });
}

int32_t guanxi_parameters_set_reference(guanxi_parameters* parameters, const char* name,
                                        size_t name_length, int64_t id, guanxi_error** err) {
  return barrier(err, [&] { set(parameters, name, name_length, reference_value(id)); });
}

int32_t guanxi_parameters_set_list(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, guanxi_error** err) {
  return barrier(err, [&] { set_list(parameters, name, name_length); });
}

int32_t guanxi_parameters_append_integer(guanxi_parameters* parameters, const char* name,
                                         size_t name_length, int64_t value, guanxi_error** err) {
  return barrier(err, [&] { append(parameters, name, name_length, value); });
}

int32_t guanxi_parameters_append_decimal(guanxi_parameters* parameters, const char* name,
                                         size_t name_length, int64_t coefficient, int32_t scale,
                                         guanxi_error** err) {
  return barrier(err, [&] {
    append(parameters, name, name_length, decimal_value(coefficient, scale));
  });
}

int32_t guanxi_parameters_append_text(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, const char* text, size_t text_length,
                                      guanxi_error** err) {
  return barrier(err, [&] {
    append(parameters, name, name_length, guanxi::capi::text(text, text_length, "text"));
  });
}

int32_t guanxi_parameters_append_date(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int32_t days, guanxi_error** err) {
  return barrier(err, [&] { append(parameters, name, name_length, date_value(days)); });
}

int32_t guanxi_parameters_append_instant(guanxi_parameters* parameters, const char* name,
                                         size_t name_length, int64_t microseconds,
                                         guanxi_error** err) {
  return barrier(err, [&] { append(parameters, name, name_length, instant_value(microseconds)); });
}

int32_t guanxi_parameters_append_reference(guanxi_parameters* parameters, const char* name,
                                           size_t name_length, int64_t id, guanxi_error** err) {
  return barrier(err, [&] { append(parameters, name, name_length, reference_value(id)); });
}
