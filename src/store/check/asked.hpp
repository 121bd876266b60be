// Requests to a store that finds rows itself: made by chance, made smaller, told in words.
//
//   request r = asked_by_chance(catalog, all_kinds, seed, *text);   in_words(r)
//
// Thread rule: values.
#pragma once

#include "content.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/store/request.hpp"

#include <string>
#include <vector>

namespace guanxi::store::checking {

request asked_by_chance(const schema::catalog_ptr& in, std::size_t table, std::uint64_t seed,
                        const text_services& text);
/// The same with one part left out, each in turn.
std::vector<request> lesser(const request& asked, const schema::entity& of);
/// "where `count` > 5 and `day` is null, by `words` descending, at most 3".
std::string in_words(const request& asked);

}  // namespace guanxi::store::checking
