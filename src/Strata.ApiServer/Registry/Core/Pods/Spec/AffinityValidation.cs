using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of node affinity, pod affinity and anti-affinity (core: validation.go validateAffinity).</summary>
internal static class AffinityValidation
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Validate(JsonObject? affinity, string path, FieldErrors errors)
    {
        if (affinity.Object("nodeAffinity") is { } node)
        {
            ValidateNode(node, $"{path}.nodeAffinity", errors);
        }

        ValidatePods(affinity.Object("podAffinity"), $"{path}.podAffinity", errors);
        ValidatePods(affinity.Object("podAntiAffinity"), $"{path}.podAntiAffinity", errors);
    }

    public static void ValidateTopologyKey(string? key, string path, FieldErrors errors)
    {
        if (key is null)
        {
            errors.Required(path, "can not be empty");
        }
        else
        {
            QualifiedNames.Validate(key, path, errors);
        }
    }

    /// <summary>A node selector: terms of which one must hold.</summary>
    public static void ValidateNodeTerms(JsonObject selector, string path, FieldErrors errors)
    {
        if (selector.Count("nodeSelectorTerms") == 0)
        {
            errors.Required($"{path}.nodeSelectorTerms", "must have at least one node selector term");
        }

        foreach (var (term, index) in selector.Objects("nodeSelectorTerms"))
        {
            ValidateNodeTerm(term, $"{path}.nodeSelectorTerms[{index}]", errors);
        }
    }

    private static void ValidateNode(JsonObject affinity, string path, FieldErrors errors)
    {
        if (affinity.Object(Required) is { } required)
        {
            ValidateNodeTerms(required, $"{path}.{Required}", errors);
        }

        foreach (var (preference, index) in affinity.Objects(Preferred))
        {
            ValidateWeight(preference, $"{path}.{Preferred}[{index}]", errors);
            ValidateNodeTerm(preference.Object("preference"), $"{path}.{Preferred}[{index}].preference", errors);
        }
    }

    private static void ValidateNodeTerm(JsonObject? term, string path, FieldErrors errors)
    {
        foreach (var (expression, index) in term.Objects("matchExpressions"))
        {
            ValidateExpression(expression, $"{path}.matchExpressions[{index}]", errors);
        }

        foreach (var (field, index) in term.Objects("matchFields"))
        {
            var fieldPath = $"{path}.matchFields[{index}]";
            if (field.TextOrEmpty("key") is not "metadata.name" and var key)
            {
                errors.Invalid($"{fieldPath}.key", key, "not a valid field selector key");
            }

            if (field.Text("operator") is not ("In" or "NotIn"))
            {
                errors.Invalid($"{fieldPath}.operator", field.TextOrEmpty("operator"), "not a valid selector operator");
            }
            else if (field.Count("values") != 1)
            {
                errors.Required($"{fieldPath}.values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }
        }
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
            case "Gt" or "Lt":
                if (expression.Count("values") != 1)
                {
                    errors.Required($"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                }

                break;
            case var other:
                errors.Invalid($"{path}.operator", other ?? "", "not a valid selector operator");
                break;
        }

        QualifiedNames.Validate(expression.TextOrEmpty("key"), $"{path}.key", errors);
    }

    private static void ValidatePods(JsonObject? affinity, string path, FieldErrors errors)
    {
        foreach (var (term, index) in affinity.Objects(Required))
        {
            ValidatePodTerm(term, $"{path}.{Required}[{index}]", errors);
        }

        foreach (var (preference, index) in affinity.Objects(Preferred))
        {
            ValidateWeight(preference, $"{path}.{Preferred}[{index}]", errors);
            ValidatePodTerm(preference.Object("podAffinityTerm"), $"{path}.{Preferred}[{index}].podAffinityTerm", errors);
        }
    }

    private static void ValidatePodTerm(JsonObject? term, string path, FieldErrors errors)
    {
        LabelSelectorValidation.Validate(term.Object("labelSelector"), $"{path}.labelSelector", errors);
        LabelSelectorValidation.Validate(term.Object("namespaceSelector"), $"{path}.namespaceSelector", errors);
        foreach (var (name, _) in term.Texts("namespaces"))
        {
            ObjectNames.ValidateLabel(name, $"{path}.namespace", errors);
        }

        ValidateTopologyKey(term.Text("topologyKey"), $"{path}.topologyKey", errors);
    }

    private static void ValidateWeight(JsonObject preference, string path, FieldErrors errors)
    {
        if (preference.Number("weight") is not (>= 1 and <= 100) and var weight)
        {
            errors.Invalid($"{path}.weight", weight ?? 0, "must be in the range 1-100");
        }
    }
}
