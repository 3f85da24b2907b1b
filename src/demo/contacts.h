/* The people in the paint maker's files: representatives and delivery contacts of its customers,
 * present and former employees with their accounts. */
#pragma once
#include "demo/fortigate_log.h"
#include "demo/people.h"

/* Items of personal data as the contract names them; the order is that of kk_contact_items. */
enum {
    KK_HAS_NAME,
    KK_HAS_KANA,
    KK_HAS_BIRTH_DATE,
    KK_HAS_ADDRESS,
    KK_HAS_POSTAL_CODE,
    KK_HAS_PHONE,
    KK_HAS_FAX,
    KK_HAS_EMAIL,
    KK_HAS_USER_ID,
    KK_HAS_COMPANY,
    KK_HAS_DEPARTMENT,
    KK_HAS_TITLE,
    KK_HAS_ORG_CODE,
    KK_HAS_EMPLOYEE_NO,
    KK_HAS_HIRE_DATE,
    KK_HAS_LEAVE_DATE,
    KK_HAS_COUNT
};
extern const char *const kk_contact_items[KK_HAS_COUNT];

typedef enum {
    KK_REPRESENTATIVE,
    KK_DELIVERY_CONTACT,
    KK_EMPLOYEE_PRESENT,
    KK_EMPLOYEE_FORMER,
    KK_EMPLOYEE_LEDGER, /* in the list of accounts, which does not tell present from former */
    KK_CONTACT_GROUPS
} kk_contact_group;

typedef struct {
    uint32_t items[2][KK_CONTACT_GROUPS]; /* bits, by exposure (0 reachable, 1 left) and group */
} kk_contact_seen;

typedef struct {
    kk_slice path; /* below the share */
    kk_slice bytes;
    uint64_t rows, decoys; /* rows: all below the header; decoys: of them, without a person */
    kk_contact_group group;
    bool left;
    kk_time saved;
} kk_contact_file;

typedef struct {
    kk_people *people;
    kk_contact_seen *seen; /* by person */
    kk_contact_file *files;
    size_t file_count, file_capacity;
    uint32_t companies, deceased, rehired, same_name_pairs, changed_company;
} kk_contact_book;

kk_contact_book *kk_contacts_make(kk_people *people);
