#include "guanxi/schema/definition-inl.hpp"
