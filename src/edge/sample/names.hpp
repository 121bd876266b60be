// Names of people and companies, in Chinese or English.
#pragma once

#include "random.hpp"
#include "words.hpp"

#include <string>

namespace guanxi::edge::sample {

struct person {
  std::string name;
  std::string login;  ///< ASCII: pinyin or English, family name last
};

/// Every ninth Chinese name has a compound surname, so that each sample has some.
class people {
 public:
  explicit people(random& by) : by_(by) {}
  person next(bool chinese);

 private:
  random& by_;
  std::int64_t chinese_ = 0;
};

struct company {
  std::string name;
  std::string domain;  ///< below .example, where nobody can live
};

/// The company of a number; other numbers give other names, whatever the number.
company company_of(std::int64_t number, const country_words& of, const place& at,
                   const industry_words& in, text ending);

std::string telephone(const number_range& of, random& by);

/// A number with leading zeros.
std::string padded(std::int64_t number, std::size_t width);

}  // namespace guanxi::edge::sample
