using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Events;

/// <summary>Events as events.k8s.io/v1 names their fields (events/v1: conversion.go).</summary>
internal sealed class EventsVersion(EventStrategy stored) : BuiltInVersion(EventsEvent.Info, stored)
{
    private static readonly (string Served, string Stored)[] Fields =
    [
        ("regarding", "involvedObject"), ("note", "message"), ("reportingController", "reportingComponent"), ("deprecatedSource", "source"),
        ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
    ];

    // Core clients may leave out what this version asks for (core: validation/events.go ValidateEventCreate).
    public override void ValidateCreate(JsonObject served, FieldErrors errors)
    {
        if (served.Text("eventTime") is null)
        {
            errors.Required("eventTime");
        }

        if (served.TextOrEmpty("type") is not ("Normal" or "Warning") and var type)
        {
            errors.Invalid("type", "", $"has invalid value: {type}");
        }

        foreach (var field in (ReadOnlySpan<string>)["firstTimestamp", "lastTimestamp", "count", "source"])
        {
            var old = served[$"deprecated{char.ToUpperInvariant(field[0])}{field[1..]}"];
            if (!JsonSemantics.AreEqual(old, null) && !(JsonTree.TryNumber(old, out var number) && number == 0))
            {
                errors.Invalid(field, "", "needs to be unset");
            }
        }

        if (served.Object("series") is not { } series)
        {
            return;
        }

        if (series.Number("count") is not >= 2)
        {
            errors.Invalid("series.count", "", "should be at least 2");
        }

        if (series.Text("lastObservedTime") is null)
        {
            errors.Required("series.lastObservedTime");
        }
    }

    public override string? StoredField(string field)
    {
        if (field.StartsWith("involvedObject.", StringComparison.Ordinal) || field is "reportingComponent" or "source")
        {
            return null;
        }

        return field == "reportingController" ? "reportingComponent"
            : field.StartsWith("regarding.", StringComparison.Ordinal) ? $"involvedObject.{field["regarding.".Length..]}"
            : field;
    }

    protected override JsonObject ToStored(JsonObject served)
    {
        foreach (var (from, to) in Fields)
        {
            Rename(served, from, to);
        }

        return served;
    }

    protected override JsonObject FromStored(JsonObject stored)
    {
        foreach (var (to, from) in Fields)
        {
            Rename(stored, from, to);
        }

        return stored;
    }

    private static void Rename(JsonObject target, string from, string to)
    {
        if (target.Remove(from, out var value) && value is not null)
        {
            target[to] = value;
        }
    }
}
