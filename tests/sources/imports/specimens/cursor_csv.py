"""Files of cursor_csv."""

from __future__ import annotations

from tests.sources.imports.specimen import Specimen

CURSOR = (
    "Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n"
)
TOKENS = "Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens"

SPECIMENS = [
    Specimen(
        "cursor_csv",
        "personal",
        f"Date,{CURSOR}"
        '"2026-10-01T10:00:00.000Z",Included,claude-4-sonnet,No,200,1000,5000,300,6500,0.12\n'
        '"2026-10-01T11:00:00.000Z",On-Demand,gpt-5,No,100,100,0,10,110,$0.49\n',
        [
            {
                "model_raw": "claude-4-sonnet",
                "cache_write_other_tokens": 200,
                "input_uncached_tokens": 1000,
                "cost_amount": "0.12",
                "is_billable": False,
            },
            {"model_raw": "gpt-5", "cache_write_other_tokens": 0, "cost_amount": "0.49", "is_billable": True},
        ],
    ),
    Specimen(
        "cursor_csv",
        "team",
        f"Date,User,Cloud Agent ID,Automation ID,{CURSOR}"
        "2026-10-01T10:00:00Z,ada@acme.example,,,Included,composer-1,No,0,5,0,1,6,Included\n"
        "2026-10-01T12:00:00Z,ada@acme.example,,,Included,composer-1,No,0,5,0,1,6,Included\n",
        [
            {
                "user_id": "ada@acme.example",
                "requests": 2,
                "output_tokens": 2,
                "cost_amount": None,
                "currency": None,
                "is_billable": False,
            }
        ],
    ),
    Specimen(
        "cursor_csv",
        "2025, with what it costs you",
        f"Date,Model,{TOKENS},Cost,Cost to you\n"
        "2025-07-05T10:00:00.000Z,claude-4-sonnet,1200,1000,5000,300,7500,0.12,0.00\n"
        "2025-07-05T11:00:00.000Z,gpt-5,0,2000,0,100,2100,0.05,0.05\n",
        [
            {"cost_amount": "0", "list_cost_amount": "0.12", "cache_write_other_tokens": 1200},
            {"cost_amount": "0.05", "list_cost_amount": "0.05", "is_billable": True},
        ],
    ),
    Specimen(
        "cursor_csv",
        "2025, with the cost alone",
        f"Date,Model,{TOKENS},Cost\n2025-07-05T10:00:00.000Z,claude-4-sonnet,200,1000,5000,300,6500,0.12\n",
        [{"cost_amount": "0.12", "cache_write_other_tokens": 200}],
    ),
    Specimen(
        "cursor_csv",
        "plans by requests",
        f"Date,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,{TOKENS},Requests\n"
        "2026-05-01T10:00:00.000Z,,,Included,claude-4.6-opus,No,200,1000,5000,300,6500,2\n",
        [
            {
                "cost_amount": None,
                "is_billable": False,
                "quantity": "2",
                "quantity_unit": "requests",
                "cache_write_other_tokens": 200,
            }
        ],
    ),
    Specimen(
        "cursor_csv",
        "what nobody is charged for, and a key of one's own",
        f"Date,Kind,Model,Max Mode,{TOKENS},Cost\n"
        '2026-08-01T03:33:46.127Z,"Errored, No Charge",grok,No,,,,,,Free\n'
        '2026-08-02T03:33:46.127Z,"Errored, Not Charged",grok,No,0,100,0,10,110,$20.91\n'
        "2026-08-03T03:35:46.127Z,User API Key,glm,No,0,100,0,10,110,none\n"
        "2026-08-04T03:35:46.127Z,User API Key,glm,No,0,100,0,10,110,$0.30\n"
        "2026-08-05T03:35:46.127Z,free,composer,No,0,100,0,10,110,0.09\n",
        [
            {"cost_amount": "0", "is_billable": None, "input_uncached_tokens": 0},
            {"cost_amount": "0", "is_billable": None, "input_uncached_tokens": 100},
            {"cost_amount": "0", "note": None},
            {"cost_amount": "0", "note": "0.3 USD were charged by the provider of your key"},
            {"cost_amount": "0", "output_tokens": 10},
        ],
    ),
]
