// The words of statements as JSON, for its reader and its writer.
#pragma once

#include "guanxi/query/statement.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace guanxi::query::json_form {

using expr::op;

/// How the content of an operator's key is read.
enum class form : std::uint8_t {
  literal, path, parameter, chain, unary, pair, membership, between, call, aggregate, quantifier,
  figure
};

struct operator_key {
  std::string_view key;
  form how;
  op what;
  value_type type = value_type::null;  ///< of a literal
};

inline constexpr operator_key operators[] = {
    {"path", form::path, op::path},
    {"parameter", form::parameter, op::parameter},
    {"integer", form::literal, op::literal, value_type::integer},
    {"decimal", form::literal, op::literal, value_type::decimal},
    {"text", form::literal, op::literal, value_type::text},
    {"boolean", form::literal, op::literal, value_type::boolean},
    {"date", form::literal, op::literal, value_type::date},
    {"instant", form::literal, op::literal, value_type::instant},
    {"id", form::literal, op::literal, value_type::reference},
    {"null", form::literal, op::literal, value_type::null},
    {"and", form::chain, op::logical_and},
    {"or", form::chain, op::logical_or},
    {"not", form::unary, op::logical_not},
    {"eq", form::pair, op::equal},
    {"ne", form::pair, op::not_equal},
    {"lt", form::pair, op::less},
    {"le", form::pair, op::less_equal},
    {"gt", form::pair, op::greater},
    {"ge", form::pair, op::greater_equal},
    {"is_null", form::unary, op::is_null},
    {"is_not_null", form::unary, op::is_not_null},
    {"in", form::membership, op::in},
    {"not_in", form::membership, op::not_in},
    {"between", form::between, op::logical_and},
    {"like", form::pair, op::like},
    {"not_like", form::pair, op::not_like},
    {"add", form::pair, op::add},
    {"subtract", form::pair, op::subtract},
    {"multiply", form::pair, op::multiply},
    {"divide", form::pair, op::divide},
    {"negate", form::unary, op::negate},
    {"call", form::call, op::call},
    {"aggregate", form::aggregate, op::aggregate},
    {"figure", form::figure, op::subselect},
    {"any", form::quantifier, op::any},
    {"all", form::quantifier, op::all},
    {"none", form::quantifier, op::none},
};

inline constexpr std::pair<std::string_view, standing> standings[] = {
    {"current", standing::current},   {"with_archived", standing::live},
    {"archived", standing::archived}, {"deleted", standing::deleted}};
inline constexpr std::pair<std::string_view, ownership> scopes[] = {
    {"all", ownership::all}, {"mine", ownership::mine}, {"team", ownership::team}};
inline constexpr std::pair<std::string_view, nulls> null_places[] = {{"first", nulls::first},
                                                              {"last", nulls::last}};

}  // namespace guanxi::query::json_form
