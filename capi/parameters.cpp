// Parameters of queries and reports.
#include "parameters.hpp"

#include "bodies.hpp"
#include "values.hpp"

#include <algorithm>

namespace guanxi::capi {

using expr::parameter_value;

const std::vector<parameter_value>& content_of(const guanxi_parameters* parameters) {
  static const std::vector<parameter_value> none;
  return parameters ? parameters->content : none;
}

namespace body {
namespace {

parameter_value* find(guanxi_parameters& in, std::string_view name) {
  if (name.empty()) refuse(errc::invalid_argument, "`name` is empty");
  const auto at = std::find_if(in.content.begin(), in.content.end(),
                               [&](const parameter_value& p) { return p.name == name; });
  return at == in.content.end() ? nullptr : &*at;
}

parameter_value& put(guanxi_parameters& in, parameter_value p) {
  parameter_value* const at = find(in, p.name);
  if (!at) return in.content.emplace_back(std::move(p));
  return *at = std::move(p);
}

void set(guanxi_parameters& in, std::string_view name, value v) {
  parameter_value p;
  p.name = name;
  p.content = std::move(v);
  put(in, std::move(p));
}

parameter_value& list(guanxi_parameters& in, std::string_view name) {
  parameter_value p;
  p.name = name;
  p.is_list = true;
  return put(in, std::move(p));
}

}  // namespace

std::unique_ptr<guanxi_parameters> parameters_create() {
  return std::make_unique<guanxi_parameters>();
}

void parameters_set_null(guanxi_parameters& parameters, std::string_view name) {
  set(parameters, name, {});
}

void parameters_set_boolean(guanxi_parameters& parameters, std::string_view name,
                            std::int32_t value) {
  set(parameters, name, value != 0);
}

void parameters_set_integer(guanxi_parameters& parameters, std::string_view name,
                            std::int64_t value) {
  set(parameters, name, value);
}

void parameters_set_decimal(guanxi_parameters& parameters, std::string_view name,
                            std::int64_t coefficient, std::int32_t scale) {
  set(parameters, name, decimal_value(coefficient, scale));
}

void parameters_set_text(guanxi_parameters& parameters, std::string_view name,
                         std::string_view text) {
  set(parameters, name, text);
}

void parameters_set_date(guanxi_parameters& parameters, std::string_view name, std::int32_t days) {
  set(parameters, name, date_value(days));
}

void parameters_set_instant(guanxi_parameters& parameters, std::string_view name,
                            std::int64_t microseconds) {
  set(parameters, name, instant_value(microseconds));
}

void parameters_set_reference(guanxi_parameters& parameters, std::string_view name,
                              std::int64_t id) {
  set(parameters, name, reference_value(id));
}

void parameters_set_list(guanxi_parameters& parameters, std::string_view name) {
  list(parameters, name);
}

void parameters_append(guanxi_parameters& parameters, std::string_view name,
                       const guanxi_value& value) {
  guanxi::value member = value_of(value);
  parameter_value* known = find(parameters, name);
  if (known && !known->is_list)
    refuse(errc::misuse,
           in_backticks(name) + " has a single value; make it a list before you append");
  (known ? *known : list(parameters, name)).list.push_back(std::move(member));
}

}  // namespace body
}  // namespace guanxi::capi
