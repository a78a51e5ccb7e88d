using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;

namespace Strata.Api.Structural;

public sealed partial class StructuralValidator
{
    private void CheckScalar(JsonValue value, StructuralSchema schema)
    {
        if (value.TryGetValue<string>(out var text))
        {
            CheckText(text, schema);
        }
        else if (value.GetValueKind() == JsonValueKind.Number && schema.Rules is { } rules)
        {
            CheckNumber(value, rules);
        }
    }

    private void CheckText(string text, StructuralSchema schema)
    {
        if (schema.Format.Length > 0 && !StringFormats.Fits(schema.Format, text))
        {
            _errors.TypeInvalid(Name, text, $"{Name} in body must be of type {schema.Format}: \"{text}\"");
        }

        if (schema.Rules is not { } rules)
        {
            return;
        }

        if (rules.MinLength is { } least && CodePoints(text) < least)
        {
            _errors.Invalid(Name, text, $"{Name} in body should be at least {least} chars long");
        }

        if (rules.MaxLength is { } most && CodePoints(text) > most)
        {
            _errors.TooLong(Name, (int)most);
        }

        if (rules.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            _errors.Invalid(Name, text, $"{Name} in body should match '{rules.PatternText}'");
        }
    }

    private static long CodePoints(string text)
    {
        var count = 0L;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private void CheckNumber(JsonValue value, ValueRules rules)
    {
        var number = JsonNumbers.AsDouble(value);
        if (rules.Maximum is { } most && (rules.ExclusiveMaximum ? number >= most : number > most))
        {
            _errors.Invalid(Name, value, $"{Name} in body should be less than {(rules.ExclusiveMaximum ? "" : "or equal to ")}{Text(most)}");
        }

        if (rules.Minimum is { } least && (rules.ExclusiveMinimum ? number <= least : number < least))
        {
            _errors.Invalid(Name, value, $"{Name} in body should be greater than {(rules.ExclusiveMinimum ? "" : "or equal to ")}{Text(least)}");
        }

        if (rules.MultipleOf is { } step and > 0 && !IsMultiple(value, number, step))
        {
            _errors.Invalid(Name, value, $"{Name} in body should be a multiple of {Text(step)}");
        }
    }

    // Decimal where it fits: 0.3 is a multiple of 0.1 on paper but not in binary.
    private static bool IsMultiple(JsonValue value, double number, double step) =>
        Math.Abs(number) < 1e15 && step is > 1e-12 and < 1e15 && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? exact % (decimal)step == 0
            : Math.Floor(number / step) == number / step;

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private void CheckEnum(JsonNode value, ValueRules rules)
    {
        if (rules.Enum is not { } allowed || allowed.Any(choice => IsSame(choice, value)))
        {
            return;
        }

        var shown = JsonRead.Text(value) ?? value.ToJsonString();
        _errors.NotSupported(Name, shown, [.. allowed.Select(static choice => JsonRead.Text(choice) ?? choice?.ToJsonString() ?? "null")]);
    }

    private static bool IsSame(JsonNode? left, JsonNode right) => JsonNode.DeepEquals(left, right)
        || (left is JsonValue one && right is JsonValue other && one.GetValueKind() == JsonValueKind.Number && other.GetValueKind() == JsonValueKind.Number
            && JsonNumbers.AsDouble(one).Equals(JsonNumbers.AsDouble(other)));

    private void CheckJunctors(JsonNode value, ValueRules rules)
    {
        foreach (var schema in rules.AllOf)
        {
            Check(value, null, schema);
        }

        CheckAnyOf(value, rules.AnyOf);
        CheckOneOf(value, rules.OneOf);
        if (rules.Not is { } not && Try(value, not).Count == 0)
        {
            Composite("must not validate the schema (not)");
        }
    }

    private void CheckAnyOf(JsonNode value, IReadOnlyList<StructuralSchema> choices)
    {
        if (choices.Count == 0)
        {
            return;
        }

        IReadOnlyList<StatusCause>? best = null;
        foreach (var choice in choices)
        {
            var problems = Try(value, choice);
            if (problems.Count == 0)
            {
                return;
            }

            best = best is null || problems.Count < best.Count ? problems : best;
        }

        Composite("must validate at least one schema (anyOf)");
        _errors.AddRange(best!);
    }

    private void CheckOneOf(JsonNode value, IReadOnlyList<StructuralSchema> choices)
    {
        if (choices.Count == 0)
        {
            return;
        }

        var matches = 0;
        IReadOnlyList<StatusCause>? best = null;
        foreach (var choice in choices)
        {
            var problems = Try(value, choice);
            matches += problems.Count == 0 ? 1 : 0;
            best = best is null || problems.Count < best.Count ? problems : best;
        }

        switch (matches)
        {
            case 0:
                Composite("must validate one and only one schema (oneOf). Found none valid");
                _errors.AddRange(best!);
                break;
            case > 1:
                Composite($"must validate one and only one schema (oneOf). Found {matches} valid alternatives");
                break;
        }
    }

    // Upstream has no path for these, and says so.
    private void Composite(string problem) => _errors.Invalid("<nil>", "", $"\"{Name}\" {problem}");

    private IReadOnlyList<StatusCause> Try(JsonNode value, StructuralSchema schema)
    {
        var outer = _errors;
        _errors = new FieldErrors();
        Check(value, null, schema);
        var problems = _errors.Causes;
        _errors = outer;
        return problems;
    }
}
