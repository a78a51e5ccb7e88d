using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authorization.Nodes;
using Strata.ApiServer.Registry.Generic;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>A node agent may change only its own Node and Lease and the pods bound to it, so that one broken host cannot take over others
/// (plugin/pkg/admission/noderestriction). Other users pass.</summary>
internal sealed class NodeRestrictionPlugin(IObjectReader objects) : IAdmissionPlugin
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string LeaseNamespace = "kube-node-lease";

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (NodeIdentity.Of(request.User) is not { } node)
        {
            return;
        }

        if (request.Kind == Pod.Info)
        {
            await CheckPodAsync(request, node, cancellationToken);
        }
        else if (request.Kind == Node.Info)
        {
            CheckNode(request, node);
        }
        else if (request.Kind == Lease.Info)
        {
            CheckLease(request, node);
        }
        else if (request.Kind == CSINode.Info)
        {
            Require(NameIn(request) == node, request, "can only access CSINode with the same name as the requesting node");
        }
        else if (request.Kind == ServiceAccount.Info && request.Subresource == "token")
        {
            await CheckTokenAsync(request, node, cancellationToken);
        }
    }

    private async ValueTask CheckPodAsync(AdmissionRequest request, string node, CancellationToken cancellationToken)
    {
        switch (request.Subresource, request.Operation)
        {
            case ("", AdmissionOperation.Create):
                CheckMirrorPod(request, node);
                break;
            case ("", AdmissionOperation.Delete):
                Require(IsOn(request.OldObject, node), request, $"node \"{node}\" can only delete pods with spec.nodeName set to itself");
                break;
            case ("status", AdmissionOperation.Update):
                Require(IsOn(request.OldObject, node), request, $"node \"{node}\" can only update pod status for pods with spec.nodeName set to itself");
                Require(SameLabels(request), request, $"node \"{node}\" cannot update labels through pod status");
                break;
            case ("eviction", AdmissionOperation.Create):
                var pod = await objects.FindAsync<Pod>(request.Namespace, request.Name, cancellationToken);
                Require(pod?.Spec.NodeName == node, request, $"node \"{node}\" can only evict pods with spec.nodeName set to itself");
                break;
            default:
                throw Refuse(request, $"unexpected operation {request.Operation} of node \"{node}\" on pods{(request.Subresource.Length > 0 ? $"/{request.Subresource}" : "")}");
        }
    }

    private static void CheckMirrorPod(AdmissionRequest request, string node)
    {
        var isMirror = request.Object.Object("metadata").Object("annotations")?.ContainsKey(MirrorAnnotation) == true;
        Require(isMirror, request, $"pod does not have \"{MirrorAnnotation}\" annotation, node \"{node}\" can only create mirror pods");
        Require(IsOn(request.Object, node), request, $"node \"{node}\" can only create pods with spec.nodeName set to itself");
        CheckOwner(request, node);

        // What a pod refers to, its node may read: a node must not choose that itself.
        var pod = ModelJson.Parse<Pod>(JsonBytes.Serialize(request.Object!));
        Require(pod.Spec.ServiceAccountName.Length == 0, request, $"node \"{node}\" can not create pods that reference a service account");
        Require(!PodReferences.Secrets(pod).Any(), request, $"node \"{node}\" can not create pods that reference secrets");
        Require(!PodReferences.ConfigMaps(pod).Any(), request, $"node \"{node}\" can not create pods that reference configmaps");
        Require(!PodReferences.Claims(pod).Any(), request, $"node \"{node}\" can not create pods that reference persistentvolumeclaims");
    }

    private static void CheckOwner(AdmissionRequest request, string node)
    {
        var owners = request.Object.Object("metadata").Objects("ownerReferences").Select(static pair => pair.Item).ToList();
        Require(owners.Count <= 1, request, $"node \"{node}\" can only create pods with a single owner reference set to itself");
        foreach (var owner in owners)
        {
            var isOwn = owner.Text("apiVersion") == "v1" && owner.Text("kind") == "Node" && owner.Text("name") == node;
            Require(isOwn && owner.IsTrue("controller"), request, $"node \"{node}\" can only create pods with an owner reference set to itself");
            Require(!owner.IsTrue("blockOwnerDeletion"), request, $"node \"{node}\" must not set blockOwnerDeletion on an owner reference");
        }
    }

    private static void CheckNode(AdmissionRequest request, string node)
    {
        var name = NameIn(request);
        Require(name == node, request, $"node \"{node}\" is not allowed to modify node \"{name}\"");
        if (request.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update))
        {
            return;
        }

        if (request.Operation == AdmissionOperation.Update)
        {
            var same = JsonSemantics.AreEqual(request.Object.Object("spec")?["taints"], request.OldObject.Object("spec")?["taints"]);
            Require(same, request, $"node \"{node}\" is not allowed to modify taints");
        }

        var forbidden = NodeLabels.ForbiddenChanges(Labels(request.Object), Labels(request.OldObject));
        Require(forbidden.Count == 0, request, $"node \"{node}\" is not allowed to {(request.Operation == AdmissionOperation.Create ? "set" : "modify")} the following labels: {string.Join(", ", forbidden)}");
    }

    private static void CheckLease(AdmissionRequest request, string node)
    {
        Require(request.Namespace == LeaseNamespace, request, $"can only access leases in the \"{LeaseNamespace}\" system namespace");
        var name = NameIn(request);
        Require(name == node, request, "can only access node lease with the same name as the requesting node");
    }

    private async ValueTask CheckTokenAsync(AdmissionRequest request, string node, CancellationToken cancellationToken)
    {
        var bound = request.Object.Object("spec").Object("boundObjectRef");
        Require(bound.Text("kind") == "Pod" && bound.Text("name") is not null, request, "node requested token not bound to a pod");
        Require(bound.Text("uid") is not null, request, "node requested token with a pod binding without a uid");
        var pod = await objects.FindAsync<Pod>(request.Namespace, bound.TextOrEmpty("name"), cancellationToken);
        Require(pod?.Metadata.Uid == bound.TextOrEmpty("uid"), request, "the UID in the bound object reference does not match the UID in record");
        Require(pod!.Spec.NodeName == node, request, "node requested token bound to a pod scheduled on a different node");
    }

    private static string NameIn(AdmissionRequest request) => request.Name.Length > 0 ? request.Name : request.Object?.Name() ?? "";

    private static bool SameLabels(AdmissionRequest request) => JsonSemantics.AreEqual(Labels(request.Object), Labels(request.OldObject));

    private static JsonObject? Labels(JsonObject? source) => source.Object("metadata").Object("labels");

    private static bool IsOn(JsonObject? pod, string node) => pod.Object("spec").Text("nodeName") == node;

    private static void Require(bool allowed, AdmissionRequest request, string detail)
    {
        if (!allowed)
        {
            throw Refuse(request, detail);
        }
    }

    private static ApiException Refuse(AdmissionRequest request, string detail) => ApiErrors.Forbidden(request.Kind, request.Name, detail);
}
