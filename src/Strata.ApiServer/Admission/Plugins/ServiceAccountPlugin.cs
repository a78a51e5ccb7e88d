using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authorization.Nodes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;
using JsonBytes = Strata.Api.Json.JsonBytes;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Gives every pod an identity: its service account, that account's image pull secrets, and a mounted token (plugin/pkg/admission/serviceaccount).</summary>
internal sealed class ServiceAccountPlugin(IObjectReader objects, IdentitySource identities, TimeProvider clock) : IAdmissionPlugin
{
    /// <summary>Where clients in containers look for their token.</summary>
    public const string TokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string DefaultAccount = "default";
    private const string VolumePrefix = "kube-api-access-";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    // An hour, and seven seconds by which tokens made here are told from others.
    private const int TokenSeconds = 3607;
    private const int MostTries = 10;
    private static readonly TimeSpan TryInterval = TimeSpan.FromMilliseconds(100);

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != Pod.Info || request.Subresource.Length > 0 || request.Operation != AdmissionOperation.Create || request.Object is not { } pod)
        {
            return;
        }

        var spec = pod.Ensure("spec");
        if (pod.Object("metadata").Object("annotations")?.ContainsKey(MirrorAnnotation) == true)
        {
            RefuseForMirror(request, spec);
            return;
        }

        spec.DefaultText("serviceAccountName", DefaultAccount);
        PodSpecDefaults.SyncServiceAccount(spec);
        var account = await FindAsync(request, spec.TextOrEmpty("serviceAccountName"), cancellationToken);
        if (spec.Count("imagePullSecrets") == 0 && account.ImagePullSecrets.Count > 0)
        {
            spec["imagePullSecrets"] = new JsonArray([.. account.ImagePullSecrets.Select(static secret => new JsonObject { ["name"] = secret.Name })]);
        }

        if (spec.Flag("automountServiceAccountToken") ?? account.AutomountServiceAccountToken ?? true)
        {
            MountToken(spec);
        }
    }

    // The account of a new namespace is made by a controller a moment after the namespace: wait for it rather than refuse the first pods.
    private async ValueTask<ServiceAccount> FindAsync(AdmissionRequest request, string name, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            if (await objects.FindAsync<ServiceAccount>(request.Namespace, name, cancellationToken) is { } account)
            {
                return account;
            }

            if (name != DefaultAccount || tries == MostTries)
            {
                throw ApiErrors.Forbidden(
                    request.Kind, request.Name, $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");
            }

            await Task.Delay(TryInterval, clock, cancellationToken);
        }
    }

    private static void RefuseForMirror(AdmissionRequest request, JsonObject spec)
    {
        if (spec.Text("serviceAccountName") is not null)
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, "a mirror pod may not reference service accounts");
        }

        if (PodReferences.Secrets(ModelJson.Parse<Pod>(JsonBytes.Serialize(request.Object!))).Any())
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, "a mirror pod may not reference secrets");
        }

        if (spec.Objects("volumes").Any(static volume => volume.Item.Object("projected").Objects("sources").Any(static source => source.Item.Object("serviceAccountToken") is not null)))
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, "a mirror pod may not use ServiceAccountToken volume projections");
        }
    }

    private void MountToken(JsonObject spec)
    {
        string? volume = null;
        foreach (var list in (ReadOnlySpan<string>)["initContainers", "containers"])
        {
            foreach (var (container, _) in spec.Objects(list))
            {
                if (container.Objects("volumeMounts").Any(static mount => mount.Item.Text("mountPath") == TokenMountPath))
                {
                    continue;
                }

                volume ??= identities.NewName(VolumePrefix);
                var mounts = container.Array("volumeMounts") ?? [];
                mounts.Add((JsonNode)new JsonObject { ["name"] = volume, ["readOnly"] = true, ["mountPath"] = TokenMountPath });
                container["volumeMounts"] = mounts;
            }
        }

        if (volume is not null)
        {
            var volumes = spec.Array("volumes") ?? [];
            volumes.Add((JsonNode)TokenVolume(volume));
            spec["volumes"] = volumes;
        }
    }

    private static JsonObject TokenVolume(string name)
    {
        var token = new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = JsonNumber.Create(TokenSeconds), ["path"] = "token" } };
        var authority = new JsonObject
        {
            ["configMap"] = new JsonObject { ["name"] = "kube-root-ca.crt", ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }) },
        };
        var ownNamespace = new JsonObject { ["path"] = "namespace", ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" } };
        var downward = new JsonObject { ["downwardAPI"] = new JsonObject { ["items"] = new JsonArray(ownNamespace) } };
        return new JsonObject
        {
            ["name"] = name,
            ["projected"] = new JsonObject { ["sources"] = new JsonArray(token, authority, downward), ["defaultMode"] = JsonNumber.Create(420) },
        };
    }
}
