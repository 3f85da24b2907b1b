/* The words for items, roles, reasons and rules. */
#include "model/mention.h"

const kk_item_words kk_items[KK_ITEMS] = {
#define ITEM(NAME, name, ja, en) [KK_ITEM_##NAME] = {name, ja, en},
#include "model/items.def"
};

const kk_aside_words kk_asides[KK_ASIDES] = {
#define ASIDE(NAME, name, ja, en) [KK_ASIDE_##NAME] = {name, ja, en},
#include "model/asides.def"
};

const kk_aside_words kk_table_reasons[KK_TABLE_REASONS] = {
#define TABLE_REASON(NAME, name, ja, en) [KK_TABLE_##NAME] = {name, ja, en},
#include "model/table_reasons.def"
};

const char *const kk_role_names[KK_ROLES] = {
    [KK_ROLE_SELF] = "self",
    [KK_ROLE_ORDERER] = "orderer",
    [KK_ROLE_ADDRESSEE] = "addressee",
    [KK_ROLE_CONTACT] = "contact",
    [KK_ROLE_REPRESENTATIVE] = "representative",
    [KK_ROLE_FAMILY] = "family",
    [KK_ROLE_HOLDER] = "holder",
    [KK_ROLE_SENDER] = "sender",
    [KK_ROLE_RECIPIENT] = "recipient",
};

/* A rule's short name is that of its constant in small letters, without the common prefix. */
#define RULE_NAME_SAME_NUMBER "same_number"
#define RULE_NAME_NUMBER_AGREED "number_agreed"
#define RULE_NAME_OFFICIAL_NUMBER "official_number"
#define RULE_NAME_EMAIL_NAME "email_name"
#define RULE_NAME_NAME_BIRTH_CONTACT "name_birth_contact"
#define RULE_NAME_NAME_MOBILE "name_mobile"
#define RULE_NAME_NAME_ADDRESS_PHONE "name_address_phone"
#define RULE_NAME_NAME_ADDRESS "name_address"
#define RULE_NAME_KANA_ADDRESS "kana_address"
#define RULE_NAME_KANA_BIRTH_CONTACT "kana_birth_contact"
#define RULE_NAME_NAME_BIRTH "name_birth"
#define RULE_NAME_PART_NAME_BIRTH_CONTACT "part_name_birth_contact"
#define RULE_NAME_NEAR_NUMBER "near_number"
#define RULE_NAME_NEAR_NAME_TWICE "near_name_twice"
#define RULE_NAME_NAME_DISTRICT "name_district"
#define RULE_NAME_NAME_LANDLINE "name_landline"
#define RULE_NAME_NAME_STAFF "name_staff"
#define RULE_NAME_NAME_BESIDE "name_beside"
#define RULE_NAME_EMAIL_ALONE "email_alone"
#define RULE_NAME_MOBILE_ALONE "mobile_alone"
#define RULE_NAME_NAME_COMPANY "name_company"
#define RULE_NAME_NEAR_NAME "near_name"
#define RULE_NAME_NEAR_BIRTH "near_birth"
#define RULE_NAME_NEAR_CONTACT "near_contact"
#define RULE_NAME_BIRTH_ADDRESS "birth_address"
#define RULE_NAME_NAME_ONLY "name_only"
#define RULE_NAME_LANDLINE_ALONE "landline_alone"
#define RULE_NAME_SAME_HOME "same_home"

const kk_rule_words kk_rules[KK_RULES] = {
#define RULE(NAME, strength, ja, en) [KK_RULE_##NAME] = {RULE_NAME_##NAME, ja, en, strength},
#include "model/rules.def"
};
