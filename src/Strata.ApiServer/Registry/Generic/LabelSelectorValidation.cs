using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Rules of label selector objects, and whether one selects given labels (apimachinery: meta/v1 validation, LabelSelectorAsSelector).</summary>
internal static class LabelSelectorValidation
{
    public static void Validate(JsonObject? selector, string path, FieldErrors errors)
    {
        QualifiedNames.ValidateLabels(selector.Object("matchLabels"), $"{path}.matchLabels", errors);
        foreach (var (expression, index) in selector.Objects("matchExpressions"))
        {
            ValidateExpression(expression, $"{path}.matchExpressions[{index}]", errors);
        }
    }

    public static bool IsEmpty(JsonObject? selector) => selector.Count("matchLabels") == 0 && selector.Count("matchExpressions") == 0;

    /// <summary>Whether the selector selects an object with these labels. An invalid requirement selects nothing.</summary>
    public static bool Matches(JsonObject? selector, JsonObject? labels)
    {
        foreach (var (key, value) in selector.Object("matchLabels").Entries())
        {
            if (labels?[key] is null || labels.TextOrEmpty(key) != value)
            {
                return false;
            }
        }

        return selector.Objects("matchExpressions").All(entry => Matches(entry.Item, labels?[entry.Item.TextOrEmpty("key")]));
    }

    private static bool Matches(JsonObject expression, JsonNode? label)
    {
        var isSet = JsonTree.TryText(label, out var value);
        var isListed = isSet && expression.Texts("values").Any(entry => entry.Item == value);
        return expression.Text("operator") switch
        {
            "In" => isListed,
            "NotIn" => !isListed,
            "Exists" => isSet,
            "DoesNotExist" => !isSet,
            _ => false,
        };
    }

    private static void ValidateExpression(JsonObject expression, string path, FieldErrors errors)
    {
        switch (expression.Text("operator"))
        {
            case "In" or "NotIn":
                if (expression.Count("values") == 0)
                {
                    errors.Required($"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                }

                break;
            case "Exists" or "DoesNotExist":
                if (expression.Count("values") > 0)
                {
                    errors.Forbidden($"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }

                break;
            case var other:
                errors.Invalid($"{path}.operator", other ?? "", "not a valid selector operator");
                break;
        }

        QualifiedNames.Validate(expression.TextOrEmpty("key"), $"{path}.key", errors);
        foreach (var (value, index) in expression.Texts("values"))
        {
            QualifiedNames.ValidateLabelValue(value, $"{path}.values[{index}]", errors);
        }
    }
}
