using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Services: one stable address for many pods. Single-stack IPv4.</summary>
internal sealed class ServiceStrategy(IServiceAllocator allocator) : ResourceStrategy
{
    private static readonly string[] FieldNames = ["spec.clusterIP", "spec.type"];

    public override KindInfo Kind => Service.Info;

    public override IReadOnlyList<string> ShortNames => ["svc"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool AllowsCreateOnUpdate => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns => ServiceTable.Columns;

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidateRfc1035Label(name, "metadata.name", errors);

    public override void Default(JsonObject target) => ServiceDefaults.Apply(target);

    public override void PrepareForCreate(JsonObject target)
    {
        ServiceDefaults.SyncClusterIPs(target.Ensure("spec"), null);
        target["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
    }

    public override void PrepareForUpdate(JsonObject target, JsonObject old) => ServiceUpdate.Prepare(target.Ensure("spec"), old.Ensure("spec"));

    public override void Validate(JsonObject target, FieldErrors errors) => ServiceValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => ServiceUpdate.Validate(target, old, errors);

    public override ValueTask<WriteReservation?> ReserveAsync(JsonObject target, JsonObject? old, FieldErrors errors, CancellationToken cancellationToken) =>
        ServiceAllocation.ReserveAsync(allocator, target, old, errors, cancellationToken);

    public override async ValueTask OnDeletedAsync(JsonElement last)
    {
        var owner = ServiceOwner.Of(last);
        var spec = last.Get("spec"u8);
        foreach (var address in spec.Get("clusterIPs"u8).Items())
        {
            await allocator.ReleaseAddressAsync(address.Text(), owner);
        }

        foreach (var port in spec.Get("ports"u8).Items())
        {
            if ((int)port.Get("nodePort"u8).Number() is > 0 and var number)
            {
                await allocator.ReleasePortAsync(number, owner);
            }
        }
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) => new SelectableFieldSet(
        FieldNames, [source.Get("spec"u8, "clusterIP"u8).Text(), SelectableFieldSet.Value(source.Get("spec"u8, "type"u8))]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => ServiceTable.Row(source, now);
}
