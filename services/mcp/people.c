#include "services/mcp/people.h"

/* Numbers are from 555-01xx, which belong to nobody; addresses from example.com but for the one of
 * the first. */
const struct people_customer people_demo[] = {
    {"ambujmehra", "Ambuj Mehra", "ambujmehra16@gmail.com", "+1-555-0101"},
    {"mgarcia", "María García", "maria.garcia@example.com", "+1-555-0102"},
    {"jchen", "Jun Chen", "jun.chen@example.com", "+1-555-0103"},
    {"olindqvist", "Örjan Lindqvist", "orjan.lindqvist@example.com", "+1-555-0104"},
    {"dwashington", "Denise Washington", "denise.washington@example.com", "+1-555-0105"},
    {"psingh", "Priya Singh", "priya.singh@example.com", "+1-555-0106"},
    {"tobrien", "Thomas O'Brien", "thomas.obrien@example.com", "+1-555-0107"},
    {"lnguyen", "Linh Nguyễn", "linh.nguyen@example.com", "+1-555-0108"},
    {"kmueller", "Katrin Müller", "katrin.mueller@example.com", "+1-555-0109"},
    {"rjohnson", "Robert Johnson", "robert.johnson@example.com", "+1-555-0110"},
};
const size_t people_demo_count = SL_ARRAY_LENGTH(people_demo);

enum sl_code people_are_there(const struct dealership *d, bool *ret_there, struct sl_error *err)
{
    struct sl_statement statement;
    int64_t count = 0;
    SL_TRY(sl_db_query(d->db, &statement, err, "SELECT count(*) FROM customers", ""));
    SL_TRY(record_int(&statement, &count, err));
    *ret_there = count > 0;
    return SL_OK;
}

enum sl_code people_make_demo(const struct dealership *d, struct sl_error *err)
{
    for (size_t i = 0; i < people_demo_count; i++)
        SL_TRY(sl_db_exec(
            d->db, err,
            "INSERT INTO customers (customer_id, name, email, phone) VALUES (?, ?, ?, ?)", "tttt",
            people_demo[i].id, people_demo[i].name, people_demo[i].email, people_demo[i].phone));
    return SL_OK;
}

enum sl_code people_find(const struct dealership *d, const char *customer_id, json_t **ret_customer,
                         struct sl_error *err)
{
    static const struct record_field fields[] = {
        {"customer_id", RECORD_TEXT},
        {"name", RECORD_TEXT},
        {"email", RECORD_TEXT},
        {"phone", RECORD_TEXT},
    };
    static const struct record_shape shape = RECORD_SHAPE(fields);
    struct sl_statement statement;
    json_t *customer = NULL;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT customer_id, name, email, phone FROM customers"
                       " WHERE customer_id = ?",
                       "t", customer_id));
    SL_TRY(record_one(&statement, &shape, &customer, err));
    if (customer == NULL)
        return dealership_refuse(err, SL_NOT_FOUND, "Customer %s not found", customer_id);
    *ret_customer = customer;
    return SL_OK;
}
