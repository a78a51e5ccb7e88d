using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Models;

namespace Strata.Api.ManagedFields;

/// <summary>Reads and writes metadata.managedFields.</summary>
public static class ManagedEntries
{
    private const string Apply = "Apply";
    private const string Update = "Update";

    /// <summary>Whether a client asks to forget all owners: one entry with nothing in it.</summary>
    public static bool IsReset(JsonNode? managedFields) => managedFields is JsonArray { Count: 1 } list && list[0] is JsonObject { Count: 0 };

    /// <summary>Reads the list.</summary>
    /// <returns>Null when an entry is not valid; no entries for none.</returns>
    public static IReadOnlyList<ManagedEntry>? TryRead(JsonNode? managedFields)
    {
        if (managedFields is not JsonArray list)
        {
            return managedFields is null ? [] : null;
        }

        var entries = new List<ManagedEntry>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonObject members || TryRead(members) is not { } entry)
            {
                return null;
            }

            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Writes the list in its order: appliers first, then by time, manager, version and subresource.</summary>
    /// <returns>JSON text; empty when there are no entries.</returns>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ManagedEntry> entries)
    {
        if (entries.Count == 0)
        {
            return default;
        }

        var sorted = entries.ToArray();
        Array.Sort(sorted, Compare);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            writer.WriteStartArray();
            foreach (var entry in sorted)
            {
                Write(writer, entry);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Whether two lists say the same, apart from the times.</summary>
    public static bool AreSame(IReadOnlyList<ManagedEntry> left, IReadOnlyList<ManagedEntry> right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        var others = right.ToDictionary(static entry => entry.Id);
        return left.All(entry => others.TryGetValue(entry.Id, out var other) && entry.ApiVersion == other.ApiVersion && entry.Fields.Equals(other.Fields));
    }

    private static ManagedEntry? TryRead(JsonObject members)
    {
        var operation = JsonRead.Text(members, "operation");
        var apiVersion = JsonRead.Text(members, "apiVersion") ?? "";
        if (operation is not (Apply or Update) || apiVersion.Length == 0 || JsonRead.Text(members, "fieldsType") != "FieldsV1")
        {
            return null;
        }

        try
        {
            var fields = members["fieldsV1"] is { } set ? FieldSetCache.Parse(JsonBytes.Serialize(set)) : FieldSet.Empty;
            var isApply = operation == Apply;
            var id = new ManagerId(JsonRead.Text(members, "manager") ?? "", isApply, isApply ? "" : apiVersion, JsonRead.Text(members, "subresource") ?? "");
            return new ManagedEntry(id, apiVersion, JsonRead.Text(members, "time") ?? "", fields);
        }
        catch (JsonException)
        {
            return null; // The list as a whole is not valid then, which the caller answers for.
        }
    }

    private static void Write(Utf8JsonWriter writer, ManagedEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("manager"u8, entry.Id.Manager);
        writer.WriteString("operation"u8, entry.Id.IsApply ? Apply : Update);
        writer.WriteString("apiVersion"u8, entry.ApiVersion);
        if (entry.Time.Length > 0)
        {
            writer.WriteString("time"u8, entry.Time);
        }

        writer.WriteString("fieldsType"u8, "FieldsV1"u8);
        writer.WritePropertyName("fieldsV1"u8);
        writer.WriteRawValue(entry.Fields.ToUtf8().Span, skipInputValidation: true);
        if (entry.Id.Subresource.Length > 0)
        {
            writer.WriteString("subresource"u8, entry.Id.Subresource);
        }

        writer.WriteEndObject();
    }

    // Times have one form, so their text sorts like them.
    private static int Compare(ManagedEntry left, ManagedEntry right) =>
        left.Id.IsApply != right.Id.IsApply ? (left.Id.IsApply ? -1 : 1)
        : string.CompareOrdinal(left.Time, right.Time) is var byTime and not 0 ? byTime
        : string.CompareOrdinal(left.Id.Manager, right.Id.Manager) is var byManager and not 0 ? byManager
        : string.CompareOrdinal(left.ApiVersion, right.ApiVersion) is var byVersion and not 0 ? byVersion
        : string.CompareOrdinal(left.Id.Subresource, right.Id.Subresource);
}
