"""Sixteen short records that a tiny Gemma can learn."""

RECORDS = [{"record_id": f"r{i:02d}", "instruction": f"Double it.\nInput:\n{{\"n\":{i}}}", "response": f'{{"answer":{2 * i}}}',
            "context": {"user_id": i, "prompt_type": "plan_creation"}} for i in range(16)]
