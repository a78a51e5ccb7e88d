using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Events;

/// <summary>Rules of events (core: validation/events.go). An event with eventTime was written by the new API and must name its reporter.</summary>
internal static class EventValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var eventNamespace = target.Namespace();
        var involvedNamespace = target.Object("involvedObject").TextOrEmpty("namespace");
        var isNew = target.Text("eventTime") is not null;

        // Events about cluster-scoped objects live in default, those of the new API also in kube-system.
        var fits = involvedNamespace.Length > 0 ? isNew || involvedNamespace == eventNamespace : eventNamespace == "default" || (isNew && eventNamespace == "kube-system");
        if (!fits)
        {
            errors.Invalid("involvedObject.namespace", involvedNamespace, "does not match event.namespace");
        }

        if (isNew)
        {
            ValidateReporter(target, errors);
        }
    }

    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (old.Text("eventTime") is null)
        {
            return;
        }

        foreach (var field in (ReadOnlySpan<string>)["involvedObject", "reason", "related", "message", "type", "eventTime", "action", "reportingComponent", "reportingInstance"])
        {
            if (!JsonSemantics.AreEqual(target[field], old[field]))
            {
                errors.Invalid(field, target[field]?.DeepClone(), "field is immutable");
            }
        }
    }

    private static void ValidateReporter(JsonObject target, FieldErrors errors)
    {
        if (target.Text("reportingComponent") is { } component)
        {
            QualifiedNames.Validate(component, "reportingComponent", errors);
        }
        else
        {
            errors.Required("reportingComponent");
        }

        RequireShort(target, "reportingInstance", 128, errors);
        RequireShort(target, "action", 128, errors);
        RequireShort(target, "reason", 128, errors);
        if (target.TextOrEmpty("message").Length > 1024)
        {
            errors.Invalid("message", "", "can have at most 1024 characters");
        }
    }

    private static void RequireShort(JsonObject target, string field, int most, FieldErrors errors)
    {
        if (target.Text(field) is not { } text)
        {
            errors.Required(field);
        }
        else if (text.Length > most)
        {
            errors.Invalid(field, "", $"can have at most {most} characters");
        }
    }
}
