package dev.herald.campaign.contact;

import dev.herald.campaign.audience.Tags;
import dev.herald.campaign.phone.Parsed;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.ContactError;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.CountContactsRequest;
import dev.herald.campaign.v1.CountContactsResponse;
import dev.herald.campaign.v1.EraseContactRequest;
import dev.herald.campaign.v1.EraseContactResponse;
import dev.herald.campaign.v1.GetContactRequest;
import dev.herald.campaign.v1.GetContactResponse;
import dev.herald.campaign.v1.ListContactsRequest;
import dev.herald.campaign.v1.ListContactsResponse;
import dev.herald.campaign.v1.SetOptOutRequest;
import dev.herald.campaign.v1.SetOptOutResponse;
import dev.herald.campaign.v1.UpsertContactsRequest;
import dev.herald.campaign.v1.UpsertContactsResponse;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;

/** The gRPC edge of contacts. */
public final class ContactRpc extends ContactServiceGrpc.ContactServiceImplBase {
  private static final String LIST = "contacts.1";
  private static final int MAX_NAME = 200;

  private final Jdbi jdbi;
  private final ContactStore store;
  private final ErasureStore erased;

  public ContactRpc(Jdbi jdbi, ContactStore store, ErasureStore erased) {
    this.jdbi = jdbi;
    this.store = store;
    this.erased = erased;
  }

  @Override
  public void upsertContacts(
      UpsertContactsRequest request, StreamObserver<UpsertContactsResponse> answer) {
    Rpc.answer(answer, () -> upsert(WorkspaceId.ofCaller(), request));
  }

  private UpsertContactsResponse upsert(WorkspaceId workspace, UpsertContactsRequest request) {
    UpsertContactsResponse.Builder response = UpsertContactsResponse.newBuilder();
    Map<Long, NewContact> contacts = new LinkedHashMap<>();
    for (int i = 0; i < request.getContactsCount(); i++) {
      try {
        NewContact contact = contact(request.getContacts(i), request.getDefaultRegion());
        contacts.merge(contact.phone().digits(), contact, ContactRpc::merged);
      } catch (HeraldException e) {
        response.addErrors(
            ContactError.newBuilder()
                .setIndex(i)
                .setField(e.violations().isEmpty() ? "" : e.violations().getFirst().field())
                .setReason(e.reason())
                .setMessage(e.message()));
      }
    }
    List<NewContact> all = List.copyOf(contacts.values());
    int created = jdbi.inTransaction(tx -> store.upsert(tx, workspace, all));
    return response.setCreated(created).setUpdated(all.size() - created).build();
  }

  private static NewContact contact(dev.herald.campaign.v1.NewContact given, String region) {
    PhoneNumber phone = phone("phone", given.getPhone(), region);
    String name = given.getName().strip();
    if (name.length() > MAX_NAME || name.indexOf('\u0000') >= 0) {
      throw HeraldException.invalid(
          "name", "VALUE_TOO_LONG", "A name has at most " + MAX_NAME + " characters.");
    }
    return new NewContact(
        phone,
        name,
        Tags.checked(given.getTagsList()),
        Attributes.checked(given.getAttributesMap()));
  }

  private static NewContact merged(NewContact one, NewContact two) {
    var tags = new TreeSet<>(one.tags());
    tags.addAll(two.tags());
    Map<String, String> attributes = new LinkedHashMap<>(one.attributes());
    attributes.putAll(two.attributes());
    return new NewContact(
        one.phone(), two.name().isEmpty() ? one.name() : two.name(), List.copyOf(tags), attributes);
  }

  private static PhoneNumber phone(String field, String written, String region) {
    if (!region.isEmpty() && !PhoneNumbers.isRegion(region)) {
      throw HeraldException.invalid(
          "default_region", "REGION_UNKNOWN", "There is no region " + region + ".");
    }
    return switch (PhoneNumbers.parse(written, region)) {
      case Parsed.Good good -> good.number();
      case Parsed.Bad bad -> throw HeraldException.invalid(field, bad.reason(), bad.message());
    };
  }

  @Override
  public void getContact(GetContactRequest request, StreamObserver<GetContactResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          WorkspaceId workspace = WorkspaceId.ofCaller();
          Optional<Contact> found =
              jdbi.withHandle(
                  handle ->
                      request.hasPhone()
                          ? store.find(
                              handle, workspace, phone("phone", request.getPhone(), "").digits())
                          : store.findById(handle, workspace, request.getContactId()));
          return GetContactResponse.newBuilder()
              .setContact(proto(found.orElseThrow(ContactRpc::notFound)))
              .build();
        });
  }

  private static HeraldException notFound() {
    return HeraldException.notFound("CONTACT_NOT_FOUND", "There is no such contact.");
  }

  @Override
  public void listContacts(
      ListContactsRequest request, StreamObserver<ListContactsResponse> answer) {
    Rpc.answer(answer, () -> list(WorkspaceId.ofCaller(), request));
  }

  private ListContactsResponse list(WorkspaceId workspace, ListContactsRequest request) {
    int size = PageSize.of(request.getPageSize());
    long from = PageToken.number(LIST, request.getPageToken(), Long.MAX_VALUE);
    List<Contact> found =
        jdbi.withHandle(
            handle -> store.list(handle, workspace, filter(request.getFilter()), from, size + 1));
    ListContactsResponse.Builder response = ListContactsResponse.newBuilder();
    found.stream().limit(size).map(ContactRpc::proto).forEach(response::addContacts);
    if (found.size() > size) {
      response.setNextPageToken(PageToken.write(LIST).number(found.get(size - 1).id()).token());
    }
    return response.build();
  }

  @Override
  public void countContacts(
      CountContactsRequest request, StreamObserver<CountContactsResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          WorkspaceId workspace = WorkspaceId.ofCaller();
          ContactStore.Counts counts =
              jdbi.withHandle(
                  handle -> store.count(handle, workspace, filter(request.getFilter())));
          return CountContactsResponse.newBuilder()
              .setCount(counts.all())
              .setOptedOut(counts.optedOut())
              .setActive(counts.active())
              .build();
        });
  }

  @Override
  public void setOptOut(SetOptOutRequest request, StreamObserver<SetOptOutResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          WorkspaceId workspace = WorkspaceId.ofCaller();
          PhoneNumber phone = phone("phone", request.getPhone(), "");
          Contact contact =
              jdbi.inTransaction(
                  tx -> {
                    store.setOptOut(
                        tx, workspace, phone, request.getOptedOut(), "by_user", Instant.now());
                    return store.find(tx, workspace, phone.digits()).orElseThrow();
                  });
          return SetOptOutResponse.newBuilder().setContact(proto(contact)).build();
        });
  }

  @Override
  public void eraseContact(
      EraseContactRequest request, StreamObserver<EraseContactResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          WorkspaceId workspace = WorkspaceId.ofCaller();
          PhoneNumber phone = phone("phone", request.getPhone(), "");
          int recipients = jdbi.inTransaction(tx -> erased.erase(tx, workspace, phone.digits()));
          return EraseContactResponse.newBuilder().setRecipientsErased(recipients).build();
        });
  }

  /** The filter of the contract. */
  public static ContactFilter filter(dev.herald.campaign.v1.ContactFilter filter) {
    return new ContactFilter(
        filter.getTagsList(),
        filter.getAttributesMap(),
        filter.getText().strip(),
        filter.getActiveOnly(),
        filter.getOptedOutOnly());
  }

  static dev.herald.campaign.v1.Contact proto(Contact contact) {
    var proto =
        dev.herald.campaign.v1.Contact.newBuilder()
            .setId(contact.id())
            .setPhone(PhoneNumber.e164(contact.phone()))
            .setName(contact.name())
            .setCountry(contact.country())
            .addAllTags(contact.tags())
            .putAllAttributes(contact.attributes())
            .setOptedOut(contact.optedOut())
            .setOptOutSource(contact.optOutSource())
            .setActive(contact.active())
            .setCreateTime(Protos.timestamp(contact.createdAt()))
            .setUpdateTime(Protos.timestamp(contact.updatedAt()));
    if (contact.optedOutAt() != null) {
      proto.setOptOutTime(Protos.timestamp(contact.optedOutAt()));
    }
    if (contact.lastInboundAt() != null) {
      proto.setLastInboundTime(Protos.timestamp(contact.lastInboundAt()));
    }
    return proto.build();
  }
}
